import { spawn } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Context } from '../src/context.ts';
import { outputTo } from '../src/process-context.ts';
import { run } from '../src/run.ts';

/** What a command line gave. */
export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** What is piped into it. Without it, standard input is a terminal. */
  readonly stdin?: string;
  readonly env?: Context['env'];
  readonly signal?: AbortSignal;
  /** Makes standard output and standard error terminals of so many columns. */
  readonly columns?: number;
}

/** Runs a command line in this process. */
export async function cli(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { stdin, env = {}, signal = new AbortController().signal, columns } = options;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const out = Object.assign(new PassThrough(), terminal);
  const err = Object.assign(new PassThrough(), terminal);
  const input: Context['stdin'] =
    stdin === undefined
      ? Object.assign(Readable.from([]), { isTTY: true })
      : Readable.from([Buffer.from(stdin)]);
  const texts = Promise.all([text(out), text(err)]);
  const code = await run(argv, {
    stdin: input,
    out: outputTo(out, env),
    err: outputTo(err, env),
    env,
    signal,
  });
  out.end();
  err.end();
  const [printed, complained] = await texts;
  return { code, out: printed, err: complained };
}

const PROGRAM = ['--conditions=@defender-resilience/source', 'packages/cli/src/bin.ts'];

/** Runs a command line in a process of its own, where in-process is not enough: signals, shells, startup. */
export async function cliProcess(argv: readonly string[], stdin = ''): Promise<Result> {
  const child = spawn(process.execPath, [...PROGRAM, ...argv], { stdio: 'pipe' });
  child.stdin.end(stdin);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1))),
  ]);
  return { code, out, err };
}
