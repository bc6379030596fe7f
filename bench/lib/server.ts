import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { conditions } from './child.ts';

/** A server in a process of its own, so that its time is not the client's. */
export interface ServerProcess {
  readonly origin: string;
  stop(): void;
}

/** Starts a file of `processes/` that prints its port. */
export async function startServer(file: string): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(`../processes/${file}`, import.meta.url));
  const child = fork(path, [], {
    execArgv: [...conditions()],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    child.once('exit', () => reject(new Error(`${file} ended before it told its port`)));
  });
  return { origin: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}
