import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
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
export function cli(argv: readonly string[], options: RunOptions = {}): Promise<Result> {
  return launch(argv, options).result;
}

/** A command line that runs until it is told to end. */
export interface Running {
  /** The first line of standard output; undefined if it ends without one. */
  readonly firstLine: Promise<string | undefined>;
  /** What it has written to standard output so far. */
  printed(): string;
  /** What it has written to standard error so far. */
  complained(): string;
  /** Ends it as Ctrl+C does. */
  stop(): Promise<Result>;
}

/** Starts a command line that serves, in this process. */
export function start(argv: readonly string[], options: RunOptions = {}): Running {
  const interruption = new AbortController();
  const { out, err, result } = launch(argv, { ...options, signal: interruption.signal });
  const printed = soFar(out);
  const firstLine = new Promise<string | undefined>((resolve) => {
    out.on('data', () => {
      const [line, ...rest] = printed().split('\n');
      if (rest.length > 0) resolve(line);
    });
    void result.then(() => resolve(undefined));
  });
  return {
    firstLine,
    printed,
    complained: soFar(err),
    stop() {
      interruption.abort();
      return result;
    },
  };
}

function launch(
  argv: readonly string[],
  { stdin, env = {}, signal = new AbortController().signal, columns }: RunOptions,
): { readonly out: PassThrough; readonly err: PassThrough; readonly result: Promise<Result> } {
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const out = Object.assign(new PassThrough(), terminal);
  const err = Object.assign(new PassThrough(), terminal);
  const input: Context['stdin'] =
    stdin === undefined
      ? Object.assign(Readable.from([]), { isTTY: true })
      : Readable.from([Buffer.from(stdin)]);
  const texts = Promise.all([collected(out), collected(err)]);
  const context = { stdin: input, out: outputTo(out, env), err: outputTo(err, env), env, signal };
  const result = run(argv, context).then(async (code) => {
    out.end();
    err.end();
    const [printed, complained] = await texts;
    return { code, out: printed, err: complained };
  });
  return { out, err, result };
}

function soFar(stream: PassThrough): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

/** All that is written, while others read it too. */
function collected(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    stream.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
}

const CONDITION = '--conditions=@defender-resilience/source';
const SOURCE = 'packages/cli/src/bin.ts';
const PROGRAM = [CONDITION, SOURCE];

/** A folder in which `defender-resilience` is a program, for shells. */
export interface ProgramFolder extends AsyncDisposable {
  readonly folder: string;
  /** What to run a shell with, so that it finds the program. */
  readonly env: NodeJS.ProcessEnv;
}

export async function programFolder(): Promise<ProgramFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'defender-resilience-'));
  const program = join(folder, 'defender-resilience');
  const start = `exec "${process.execPath}" ${CONDITION} "${resolve(SOURCE)}" "$@"`;
  await writeFile(program, `#!/bin/sh\n${start}\n`);
  await chmod(program, 0o755);
  return {
    folder,
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

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
