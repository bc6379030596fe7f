// What npm would publish of a package, and what is wrong with it.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';

/** The content of one package's tarball. */
interface Tarball {
  /** Its files in order, without the chunks whose names have a hash. */
  readonly listing: string;
  readonly faults: readonly string[];
}

/** What `pnpm pack` says of one package. */
interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

/** No file of a package may look like these. */
const UNWANTED =
  /(^|\/)(test|tests|node_modules|coverage)\/|\.(test|spec)\.|\.(env|pem|key|p12|log|tgz)$|\.npmrc$/;
/** A JSON Web Token, a private key, and the tokens of npm and GitHub. */
const SECRET =
  /eyJ[\w-]{20,}\.eyJ[\w-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bnpm_\w{36}\b|\bgh[a-z]_\w{36}/;
const HASH = /-[\w-]{8}(?=\.(?:d\.ts|js)(?:\.map)?$)/;

/** The tarballs of all packages, by the name of their folder. */
export async function tarballs(): Promise<ReadonlyMap<string, Tarball>> {
  const args = ['-y', 'pnpm@12.21.0', '--filter', './packages/*', 'pack', '--dry-run', '--json'];
  const { stdout } = await promisify(execFile)('npx', args, { maxBuffer: 16 * 2 ** 20 });
  const packed = JSON.parse(stdout) as readonly Packed[];
  const found = new Map<string, Tarball>();
  for (const folder of await readdir('packages')) {
    const manifest = await readFile(join('packages', folder, 'package.json'), 'utf8');
    const { name } = JSON.parse(manifest) as { readonly name: string };
    const { files = [] } = packed.find((one) => one.name === name) ?? {};
    const paths = files.map(({ path }) => path);
    const faults = await Promise.all(paths.map((path) => faultsOf(folder, path, new Set(paths))));
    const names = new Set(paths.filter((path) => !HASH.test(path)));
    const listing = `${[...names].toSorted().join('\n')}\n`;
    found.set(folder, { listing, faults: faults.flat() });
  }
  return found;
}

async function faultsOf(
  folder: string,
  path: string,
  published: ReadonlySet<string>,
): Promise<readonly string[]> {
  // The licence is the repository's.
  const file = path === 'LICENSE' ? path : join('packages', folder, path);
  const text = await readFile(file, 'utf8');
  const faults = UNWANTED.test(path) ? ['is nothing for users'] : [];
  if (SECRET.test(text)) faults.push('has what looks like a secret');
  if (path.endsWith('.map')) {
    const { sources } = JSON.parse(text) as { readonly sources: readonly string[] };
    // A library that is built in has its sources in a package of its own.
    for (const source of sources.filter((one) => !one.includes('/node_modules/'))) {
      const found = published.has(posix.join(posix.dirname(path), source));
      if (!found) faults.push(`maps to ${source}, which is not published`);
    }
  }
  return faults.map((fault) => `${folder}: ${path} ${fault}`);
}
