import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { startSimulator } from '@defender-resilience/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { againstSimulator } from '../examples/run.ts';
import { fragmentsOf, programOf } from './fragments.ts';

// Beside the examples, whose dependencies the pages use.
const FOLDER = 'examples/.docs-code';

const run = promisify(execFile);
const { stdout } = await run('git', [
  'ls-files',
  '--cached',
  '--others',
  '--exclude-standard',
  '*.md',
]);
const pages = stdout.split('\n').filter((path) => path !== '' && !path.startsWith('.changeset/'));
const fragments = (await Promise.all(pages.map(fragmentsOf))).flat();

const fileOf = ({ page, line }: { readonly page: string; readonly line: number }): string =>
  join(FOLDER, `${basename(page, '.md')}-${line}.ts`);

beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const settings = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noUnusedLocals: false,
      isolatedDeclarations: false,
      declaration: false,
      noPropertyAccessFromIndexSignature: false,
    },
    include: ['*.ts'],
  };
  await writeFile(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings));
  for (const fragment of fragments) await writeFile(fileOf(fragment), programOf(fragment));
});

afterAll(() => rm(FOLDER, { recursive: true, force: true }));

it('every block of code that stands in no file compiles', async () => {
  const compiler = 'node_modules/typescript/bin/tsc';
  const output = await run(process.execPath, [compiler, '-p', FOLDER]).then(
    () => '',
    ({ stdout: faults }: { stdout: string }) => faults,
  );
  expect(output).toBe('');
});

it.each(fragments.map((fragment) => [`${fragment.page}:${fragment.line}`, fragment] as const))(
  'runs: %s',
  async (_, fragment) => {
    await using simulator = await startSimulator();
    // A mock answers in place of the simulator.
    const isMocked = /from '(?:msw|nock)'/.test(fragment.code);
    const env = { ...process.env, ...(isMocked ? {} : againstSimulator(simulator)) };
    const args = ['--conditions=@defender-resilience/source', fileOf(fragment)];
    await run(process.execPath, args, { env });
  },
);
