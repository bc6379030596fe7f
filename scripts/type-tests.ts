// Compiles test/types/ against the built declarations with every compiler and module resolution that users
// have, from ES modules and from CommonJS. Prints one line for each combination.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

const FOLDER = 'test/types';
const COMPILERS = ['typescript-5.4', 'typescript-5', 'typescript-6', 'typescript-7'];
/** The resolutions, with the `module` that belongs to each. */
const RESOLUTIONS: Readonly<Record<string, string>> = {
  node16: 'node16',
  nodenext: 'nodenext',
  bundler: 'preserve',
};
/** The first TypeScript that lets a CommonJS file `require` an ES module under `nodenext`. */
const REQUIRE_ESM = 5.8;

interface Combination {
  readonly compiler: string;
  readonly version: string;
  readonly resolution: string;
}

async function combinations(): Promise<Combination[]> {
  const found: Combination[] = [];
  for (const compiler of COMPILERS) {
    const text = await readFile(`${FOLDER}/node_modules/${compiler}/package.json`, 'utf8');
    const { version } = JSON.parse(text) as { readonly version: string };
    for (const resolution of Object.keys(RESOLUTIONS)) {
      found.push({ compiler, version, resolution });
    }
  }
  return found;
}

/** Node 16 could not require an ES module, and its resolution keeps to that. */
function canRequire({ version, resolution }: Combination): boolean {
  if (resolution === 'node16') return false;
  return resolution === 'bundler' || Number.parseFloat(version) >= REQUIRE_ESM;
}

function argumentsOf(combination: Combination): string[] {
  const { compiler, resolution } = combination;
  return [
    `node_modules/${compiler}/bin/tsc`,
    ...['-p', canRequire(combination) ? 'tsconfig.require.json' : 'tsconfig.json'],
    ...['--module', RESOLUTIONS[resolution] ?? resolution, '--moduleResolution', resolution],
    // Our own declarations are checked line by line once with each compiler.
    ...['--skipLibCheck', String(resolution !== 'nodenext'), '--pretty', 'false'],
  ];
}

/** What the compiler says of our files; the clients' own declarations are their business. */
async function complaintsOf(combination: Combination): Promise<string> {
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      argumentsOf(combination),
      { cwd: FOLDER, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => resolve(error === null ? '' : stdout + stderr || error.message),
    );
  });
  const complaints = output
    .split(/\n(?=\S)/)
    .filter((text) => !/^(\.\.\/)*node_modules\//.test(text));
  return complaints.join('\n').trim();
}

async function report(combination: Combination): Promise<boolean> {
  const complaints = await complaintsOf(combination);
  const kinds = canRequire(combination) ? 'ESM, CommonJS, require(ESM)' : 'ESM, CommonJS';
  const { version, resolution } = combination;
  const name = `TypeScript ${version.padEnd(5)}  ${resolution.padEnd(8)}  ${kinds.padEnd(27)}`;
  console.log(`${name}  ${complaints === '' ? 'ok' : `failed\n${complaints}`}`);
  return complaints === '';
}

const waiting = await combinations();
const lanes = Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
  let ok = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    ok = (await report(next)) && ok;
  }
  return ok;
});
if ((await Promise.all(lanes)).includes(false)) process.exit(1);
