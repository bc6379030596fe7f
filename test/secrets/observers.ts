import { Console } from 'node:console';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import {
  DefenderApiError,
  type Failure,
  failureOf,
  logObserver,
  type Observer,
  type Resilience,
  ResilienceError,
} from '@defender-resilience/core';
import { vi } from 'vitest';
import { otelObserver } from '../../packages/otel/src/index.ts';
import { startTestTelemetry } from '../../packages/otel/test/support/telemetry.ts';
import { metricsHandler, promObserver } from '../../packages/prom/src/index.ts';
import { openMetrics, plainText } from '../../packages/prom/test/support/registries.ts';
import type { Canaries, Leak } from './canaries.ts';

/** Where something of ours is written, printed, served or exported. */
export const PLACES = [
  'log lines',
  'JSON log lines',
  'events',
  'spans',
  'exported metrics',
  'metrics as text',
  'metrics as OpenMetrics',
  'exemplars',
  'recent errors',
  'snapshot',
  'served snapshot',
  'warnings',
  'standard output',
  'pages of the proxy',
  'failures',
  'errors',
] as const;

type Place = (typeof PLACES)[number];

/** A canary, and the place where it may not be. */
interface LeakAt extends Leak {
  readonly place: Place;
}

/** Everything that was written, by its place. */
class Written {
  readonly #unread = new Map<Place, string[]>();
  readonly #filled = new Set<Place>();

  add(place: Place, ...texts: readonly string[]): void {
    const unread = this.#unread.get(place);
    if (unread === undefined) this.#unread.set(place, [...texts]);
    else unread.push(...texts);
    if (texts.some((text) => text !== '')) this.#filled.add(place);
  }

  /** What leaked since the last time. */
  leaks(canaries: Canaries): readonly LeakAt[] {
    const leaks = [...this.#unread].flatMap(([place, texts]) =>
      canaries.find(texts.join('\n')).map((leak) => ({ place, ...leak })),
    );
    this.#unread.clear();
    return leaks;
  }

  /** The places where nothing was ever written. */
  get empty(): readonly Place[] {
    return PLACES.filter((place) => !this.#filled.has(place));
  }
}

/** All observers at once. */
export interface AllObservers {
  readonly observers: readonly Observer[];
  readonly written: Written;
  /** Adds what a call ended with, and what the wrapper says of itself. */
  settled(end: unknown, resilience: Pick<Resilience, 'snapshot'>): void;
  /** Adds what is exported and served. */
  stop(): Promise<void>;
}

const DEEP = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null } as const;

export async function observeAll(): Promise<AllObservers> {
  const written = new Written();
  const restore = captureProcess(written);
  const telemetry = await startTestTelemetry();
  const text = promObserver({ register: plainText(), exemplars: false });
  const open = promObserver({ register: openMetrics(), recentErrors: { capacity: 1_000 } });
  let latest: Pick<Resilience, 'snapshot'> | undefined;
  return {
    written,
    observers: [
      otelObserver({ propagate: 'traceparent' }),
      text,
      open,
      ...loggers(written),
      recorder(written),
    ],
    settled(end, resilience) {
      latest = resilience;
      written.add('snapshot', JSON.stringify(resilience.snapshot()), inspect(resilience, DEEP));
      const failure = failureOf(end);
      if (failure !== undefined) written.add('failures', ...printsOf(failure));
      for (const error of ownErrors(end))
        written.add('errors', ...printsOf(error), String(error.stack));
    },
    async stop() {
      await telemetry.stop();
      for (const { path, bytes } of telemetry.exports) {
        written.add(
          path.endsWith('traces') ? 'spans' : 'exported metrics',
          bytes.toString('latin1'),
        );
      }
      written.add('metrics as text', ...(await served(metricsHandler(text.register), '/metrics')));
      const { register, recentErrors } = open;
      const handler = metricsHandler(register, {
        recentErrors,
        ...(latest && { resilience: latest }),
      });
      const [metrics = '', errors = '', snapshot = ''] = await served(
        handler,
        ...['/metrics', '/debug/defender/errors', '/debug/defender/snapshot'],
      );
      written.add('metrics as OpenMetrics', metrics);
      written.add(
        'exemplars',
        ...metrics.split('\n').flatMap((line) => line.split(' # {').slice(1)),
      );
      written.add('recent errors', errors);
      written.add('served snapshot', snapshot);
      restore();
    },
  };
}

/** Every way to print something of ours. */
function printsOf(value: Failure | Error): string[] {
  return [
    inspect(value),
    inspect(value, DEEP),
    inspect({ value, list: [value] }, DEEP),
    inspect(value, { ...DEEP, customInspect: false }),
    inspect(new Error('outer', { cause: value }), DEEP),
    format('%s %o %O %j', value, value, value, value),
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    Object.values(value).join(' '),
    String(value),
  ];
}

/** The errors of this package that a caller gets, itself or inside those of its client. */
function ownErrors(end: unknown, depth = 0): readonly Error[] {
  if (end instanceof DefenderApiError || end instanceof ResilienceError) return [end];
  return end instanceof Error && depth < 5 ? ownErrors(end.cause, depth + 1) : [];
}

/** A console and a logger like pino. */
function loggers(written: Written): readonly Observer[] {
  const stream = (): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        written.add('log lines', String(chunk));
        done();
      },
    });
  const line = (fields: object, message: string): void => {
    written.add('JSON log lines', JSON.stringify({ ...fields, message }));
  };
  const pino = { info: line, warn: line, error: line, bindings: () => ({}) };
  const logger = new Console({ stdout: stream(), stderr: stream(), inspectOptions: DEEP });
  return [logObserver({ logger }), logObserver({ logger: pino })];
}

/** Prints each event: all but the raw error, of which its docstring says that it may hold secrets. */
function recorder(written: Written): Observer {
  const record = (event: object): void => {
    const { error: _, ...rest } = event as { readonly error?: unknown };
    written.add('events', inspect(rest, DEEP), JSON.stringify(rest));
  };
  return {
    circuit: record,
    quota: record,
    call(start) {
      const { request } = start;
      record({ ...start, url: request?.url, host: request?.host, template: request?.template });
      return {
        attempt(attempt) {
          record(attempt);
          return {
            end(end) {
              record({ ...end, requestId: end.response?.requestId });
            },
          };
        },
        retry: record,
        throttled: record,
        end: record,
      };
    },
  };
}

/** Keeps what the process would print. */
function captureProcess(written: Written): () => void {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation((...warning) => {
    written.add('warnings', inspect(warning, DEEP));
  });
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written.add('standard output', String(chunk));
      return true;
    }),
  );
  return () => {
    for (const spy of [warn, ...streams]) spy.mockRestore();
  };
}

/** What a handler serves at some paths, over HTTP. */
async function served(
  handler: ReturnType<typeof metricsHandler>,
  ...paths: readonly string[]
): Promise<string[]> {
  const server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const texts = paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text());
  try {
    return await Promise.all(texts);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
