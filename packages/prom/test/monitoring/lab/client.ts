import { createServer } from 'node:http';
import { createResilience, failureOf, type Resilience } from '@defender-resilience/core';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { metricsHandler, promObserver } from '../../../src/index.ts';
import { listen } from './processes.ts';

/** A program that calls a simulated Defender API through the wrapper and serves its metrics. */
export interface Client extends AsyncDisposable {
  readonly simulator: Simulator;
  /** `127.0.0.1:port`, where `/metrics` is. */
  readonly target: string;
  /** Makes a call and reads its answer. Never rejects. */
  call(path: string, init?: RequestInit): Promise<void>;
  /** The tracking IDs that calls ended with, by code. */
  readonly trackingIds: ReadonlyMap<string, readonly string[]>;
}

/** Every call belongs to this trace, as if the program traced. */
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

const HOST = 'https://api.security.microsoft.com';

/** How long a minute of the documented quotas lasts here, so that traffic of seconds fills them. */
const MINUTE_MS = 4_000;

/** What the wrapper takes for the service is the simulator. */
function fetchFrom(simulator: Simulator): typeof fetch {
  return (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const url = `${simulator.url}${pathname}${search}`;
    return fetch(input instanceof Request ? new Request(url, input) : url, init);
  };
}

function resilienceWith(observer: ReturnType<typeof promObserver>): Resilience {
  return createResilience({
    observers: [observer],
    retry: { initialDelayMs: 20, maxDelayMs: 100 },
    circuit: { openMs: 2_000, maxOpenMs: 2_000 },
    budget: { minPerMinute: 200 },
    quota: { minuteMs: MINUTE_MS },
  });
}

export async function startClient(): Promise<Client> {
  const simulator = await startSimulator({
    quotas: 'off',
    faults: { probability: 0, latencyMs: [5, 60] },
  });
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const traceContext = (): { traceId: string; sampled: true } => ({
    traceId: TRACE_ID,
    sampled: true,
  });
  const observer = promObserver({ register, traceContext });
  const call = resilienceWith(observer).wrapFetch(fetchFrom(simulator));
  const server = createServer(metricsHandler(register, { recentErrors: observer.recentErrors }));
  const port = await listen(server);
  const trackingIds = new Map<string, string[]>();

  const remember = (outcome: unknown): void => {
    const failure = failureOf(outcome);
    if (failure?.trackingId === undefined) return;
    const ids = trackingIds.get(failure.code) ?? [];
    trackingIds.set(failure.code, [...ids, failure.trackingId]);
  };
  return {
    simulator,
    target: `127.0.0.1:${port}`,
    trackingIds,
    async call(path, init) {
      try {
        const response = await call(`${HOST}${path}`, init);
        remember(response);
        await response.arrayBuffer();
      } catch (error) {
        remember(error);
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await simulator.close({ ignoreUnconsumed: true });
    },
  };
}
