import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { conditions } from './child.ts';

/** How many requests a client sends, and how many at once. */
export interface Load {
  readonly requests: number;
  readonly lanes: number;
}

/** What one load cost. */
export interface HttpSample {
  /** On-CPU time of the whole process for each request, in microseconds: garbage and compilation too. */
  readonly cpuUs: number;
  /** That of the main thread. */
  readonly mainUs: number;
  /** Time in garbage collections for each request, in microseconds. */
  readonly gcUs: number;
  /** Bytes taken of the heap for each request; NaN where something was collected meanwhile. */
  readonly bytes: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** A client in a process of its own, which idles until it is asked for a sample. */
export interface HttpClientProcess {
  readonly name: string;
  sample(load: Load): Promise<HttpSample>;
  stop(): void;
}

const PATH = fileURLToPath(new URL('../processes/http-client.ts', import.meta.url));

/** Starts one of `peers/http-clients.ts`, which sends its requests to `origin`. */
export async function startClient(
  name: string,
  origin: string,
  flags: readonly string[] = [],
): Promise<HttpClientProcess> {
  const child = fork(PATH, [name, origin], { execArgv: [...conditions(), ...flags] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The client "${name}" ended with code ${code}`);
  });
  // Whoever waits for a sample hears of it; nobody waits while the client is stopped.
  ended.catch(() => undefined);
  const nextMessage = (): Promise<unknown> =>
    Promise.race([new Promise((resolve) => child.once('message', resolve)), ended]);
  await nextMessage();
  return {
    name,
    sample: async (load) => {
      child.send(load);
      return (await nextMessage()) as HttpSample;
    },
    stop: () => void child.kill(),
  };
}
