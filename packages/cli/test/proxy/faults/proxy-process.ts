import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ProxySnapshot } from '../../../src/proxy/proxy.ts';

/** The memory that the proxy uses after a collection of garbage, so that only what is kept counts; in bytes. */
export interface Memory {
  readonly heap: number;
  /** What V8 holds for the heap. */
  readonly heapTotal: number;
  /** Buffers, outside of the heap. */
  readonly external: number;
  readonly rss: number;
}

const CONFIG = fileURLToPath(new URL('proxy.json', import.meta.url));
const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
const ON_SIGNAL = `process.on('SIGUSR2', () => {
  gc();
  const { heapUsed: heap, heapTotal, external, rss } = process.memoryUsage();
  console.error('memory ' + JSON.stringify({ heap, heapTotal, external, rss }));
})`;

/** The command `proxy`, as a user starts it. */
export class ProxyProcess implements AsyncDisposable {
  readonly url: string;
  /** The address of its metrics. */
  readonly admin: string;
  readonly memory: Memory[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, lines: Interface, [url = '', admin = '']: string[]) {
    this.#child = child;
    this.url = url;
    this.admin = admin;
    lines.on('line', (line) => {
      const [name, json] = line.split(' ', 2);
      if (name === 'memory' && json !== undefined) this.memory.push(JSON.parse(json) as Memory);
    });
  }

  static async start(upstream: string): Promise<ProxyProcess> {
    const child = spawn(
      process.execPath,
      [
        ...['--conditions=@defender-resilience/source', '--expose-gc'],
        ...['--import', `data:text/javascript,${encodeURIComponent(ON_SIGNAL)}`],
        ...[BIN, 'proxy', '--quiet', '--config', CONFIG, '--upstream', upstream],
        ...['--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0'],
      ],
      { stdio: ['ignore', 'inherit', 'pipe'] },
    );
    const lines = createInterface({ input: child.stderr });
    const urls: string[] = [];
    while (urls.length < 2) {
      const [line] = (await once(lines, 'line')) as [string];
      const url = /http:\/\/\S+?(?=\/metrics|\s|$)/.exec(line)?.[0];
      if (url !== undefined) urls.push(url);
    }
    return new ProxyProcess(child, lines, urls);
  }

  sampleMemory(): void {
    this.#child.kill('SIGUSR2');
  }

  /** What the proxy itself has counted. */
  async totals(): Promise<{ calls: number; attempts: number; inFlight: number }> {
    const response = await fetch(`${this.admin}/snapshot`);
    const { resilience, operations } = (await response.json()) as ProxySnapshot;
    const sum = (name: 'attempts' | 'calls'): number =>
      operations.reduce((total, operation) => total + operation[name], 0);
    return { calls: sum('calls'), attempts: sum('attempts'), inFlight: resilience.inFlight };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
