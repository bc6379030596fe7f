// Runs core, as it is built, in Deno and in Bun. Takes the folder of their programs; e2e/runtimes/run.sh does it.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EXPECTED, startService } from './bundles/service.ts';

const [folder = '.'] = process.argv.slice(2);
const PROGRAM = join(import.meta.dirname, 'bundles/print.js');
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  deno: ['run', '--allow-all'],
  bun: [],
};

await using service = await startService();
for (const [name, args] of Object.entries(COMMANDS)) {
  const result = await promisify(execFile)(join(folder, name), [
    ...args,
    PROGRAM,
    service.url,
  ]).then(({ stdout }) => stdout.trim(), String);
  console.log(`${name.padEnd(5)} ${result === EXPECTED ? 'ok' : `failed: ${result}`}`);
  if (result !== EXPECTED) process.exitCode = 1;
}
