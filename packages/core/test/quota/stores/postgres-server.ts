import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './redis-server.ts';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';

/** The folder of the newest server that is installed. */
async function binaries(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(INSTALLED, newest, 'bin');
}

/** Whom to run as: PostgreSQL refuses to run as root. */
async function user(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string): Promise<number> =>
    Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** It listens before it answers: asks until it does. */
async function ready(tool: string, port: number): Promise<void> {
  const asked = ['-q', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
  while (
    !(await run(tool, asked).then(
      () => true,
      () => false,
    ))
  )
    await passed(20);
}

/** A PostgreSQL of a test's own, in a folder of its own. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  static async start(): Promise<PostgresServer> {
    const bin = (await binaries()) ?? '';
    const as = await user();
    const folder = await mkdtemp(join(tmpdir(), 'quota-postgres-'));
    if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
    const data = join(folder, 'data');
    const setup = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8'];
    await run(join(bin, 'initdb'), setup, as);
    const port = await freePort();
    const options = ['-D', data, '-p', String(port), '-k', folder, '-F', '-h', '127.0.0.1'];
    const child = spawn(join(bin, 'postgres'), options, { ...as, stdio: 'ignore' });
    await ready(join(bin, 'pg_isready'), port);
    return new PostgresServer(port, folder, child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGQUIT');
    await gone;
    await rm(this.#folder, { recursive: true });
  }
}

/** Whether PostgreSQL is installed. CI must have it, whoever else may go without. */
export async function hasPostgres(): Promise<boolean> {
  const present = (await binaries()) !== undefined;
  if (!present && process.env['CI'] === 'true') throw new Error('CI needs postgresql');
  if (!present) process.emitWarning('PostgreSQL is not installed: its quota store is not tested');
  return present;
}
