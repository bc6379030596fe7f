import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Runs a file of this folder in a process of its own, and gives what it prints. */
export async function runFile(
  file: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<string> {
  const child = spawn(process.execPath, [...conditions(), ...flags, file, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const output = await text(child.stdout);
  await ended;
  if (child.exitCode !== 0) throw new Error(`${file} ${args.join(' ')} failed`);
  return output;
}

/** Sources or builds: a child measures what its parent does. */
export function conditions(): readonly string[] {
  return process.execArgv.filter((flag) => flag.startsWith('--conditions'));
}
