import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A program that was started, and what it has printed. */
export interface Running extends AsyncDisposable {
  readonly url: string;
  readonly log: () => string;
}

const POLL_MS = 100;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again and again until the answer is not undefined. What it threw last is the cause of giving up. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < until) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(POLL_MS);
  }
  throw new Error(`${what}: not within ${timeoutMs} ms`, { cause });
}

/** Listens on a free port of loopback. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return (address satisfies AddressInfo).port;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** Starts a program that serves HTTP, and waits until it is ready: until `ready` is answered well. */
export async function start(
  path: string,
  args: readonly string[],
  url: string,
  ready = '/-/ready',
): Promise<Running> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const keep = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const isReady = async (): Promise<true | undefined> => {
    if (child.exitCode !== null) return true;
    return (await fetch(`${url}${ready}`)).ok ? true : undefined;
  };
  await eventually(`${path} is ready`, isReady).catch(async (cause: unknown) => {
    await stop(child);
    throw new Error(`${path} did not start:\n${log}`, { cause });
  });
  if (child.exitCode !== null) throw new Error(`${path} ended at once:\n${log}`);
  return { url, log: () => log, [Symbol.asyncDispose]: () => stop(child) };
}
