import { createResilience } from '@defender-resilience/core';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { otelObserver } from '../../../../../otel/src/index.ts';
import { newestSdk } from '../../../../../otel/test/support/sdks.ts';
import { promObserver } from '../../../../src/index.ts';
import { parseOpenMetrics } from './open-metrics.ts';
import { translated } from './otlp-names.ts';
import type { Sample } from './sample.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/** Which plugin counts, and how its metrics come to Prometheus. */
export type Source = 'prom' | 'otlp';

/** One call: for which tenant, of which operation. */
type Call = (tenant: string, operation: OperationName) => Promise<void>;

/** A program in virtual time that calls a real simulator over loopback for several tenants. */
export interface Program extends AsyncDisposable {
  readonly time: VirtualTime;
  readonly simulator: Simulator;
  /** Begins a call; {@link VirtualTime.settle} waits for it. Never rejects. */
  readonly begin: Call;
  /** What a scrape of it reads, or an export of it sends. */
  scrape(): Promise<readonly Sample[]>;
}

const HOST = 'https://api.security.microsoft.com';

const HUNT: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ Query: 'DeviceInfo | take 1' }),
};

export type OperationName =
  | 'incidents.list'
  | 'machines.list'
  | 'alerts.list'
  | 'indicators.list'
  | 'hunting.run';

const REQUESTS: Readonly<Record<OperationName, readonly [path: string, init: RequestInit]>> = {
  'incidents.list': ['/api/incidents', {}],
  'machines.list': ['/api/machines', {}],
  'alerts.list': ['/api/alerts', {}],
  'indicators.list': ['/api/indicators', {}],
  'hunting.run': ['/api/advancedhunting/run', HUNT],
};

/** Some time between 80 and 700 ms, the same at every run. */
function latencies(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 80 + (seed / 2_147_483_647) ** 4 * 620;
  };
}

function fetchFrom(simulator: Simulator, time: VirtualTime): typeof fetch {
  const latency = latencies();
  return (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const url = `${simulator.url}${pathname}${search}`;
    return time.exchange(async () => {
      const response = await fetch(
        input instanceof Request ? new Request(url, input) : url,
        // Timeouts are those of virtual time.
        { ...init, signal: null },
      );
      const body = await response.arrayBuffer();
      return new Response(body, response);
    }, latency());
  };
}

function traces(): () => { traceId: string; sampled: true } {
  let count = 0;
  return () => {
    count += 1;
    return { traceId: count.toString(16).padStart(32, '4bf92f3577b34da6'), sampled: true };
  };
}

/** The plugin, for each tenant, and what it has counted. */
interface Counting {
  observer(tenant: string): ReturnType<typeof promObserver> | ReturnType<typeof otelObserver>;
  scrape(): Promise<readonly Sample[]>;
}

function countingWith(source: Source, { clock }: VirtualTime): Counting {
  if (source === 'otlp') {
    const { meterProvider, metrics } = newestSdk.create();
    return {
      observer: (tenant) => otelObserver({ meterProvider, constantAttributes: { tenant }, clock }),
      scrape: async () => translated(await metrics()),
    };
  }
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const traceContext = traces();
  return {
    observer: (tenant) =>
      promObserver({ register, traceContext, constantLabels: { tenant }, clock }),
    scrape: async () => parseOpenMetrics(await register.metrics()),
  };
}

/** Starts a program whose time begins at `epoch`, in milliseconds since 1970. */
export async function startProgram(
  epoch: number,
  tenants: readonly string[],
  source: Source,
): Promise<Program> {
  const time = virtualTime(epoch);
  const simulator = await startSimulator({ quotas: 'off', faults: { probability: 0 } });
  const counting = countingWith(source, time);
  const fetches = new Map(
    tenants.map((tenant) => [
      tenant,
      createResilience({
        observers: [counting.observer(tenant)],
        clock: time.clock,
        quota: {},
      }).wrapFetch(fetchFrom(simulator, time)),
    ]),
  );
  const begin: Call = async (tenant, operation) => {
    const [path, init] = REQUESTS[operation];
    await fetches
      .get(tenant)?.(`${HOST}${path}`, init)
      .catch(() => undefined);
  };
  return {
    time,
    simulator,
    begin,
    scrape: () => counting.scrape(),
    [Symbol.asyncDispose]: () => simulator.close({ ignoreUnconsumed: true }),
  };
}
