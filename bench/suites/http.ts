import { createResilience } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { promObserver } from '@defender-resilience/prom';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { NoopSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Registry } from 'prom-client';
import { number, table } from '../lib/markdown.ts';
import { startServer } from '../lib/server.ts';
import { quantile, summarise } from '../lib/stats.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import { type ClientPeer, clientPeers } from '../peers/clients.ts';

const PATH = '/api/incidents/924518';

interface Sample {
  /** On-CPU time of the whole process for each request, in microseconds. */
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

interface Turn extends ClientPeer {
  readonly before?: () => void;
  readonly after?: () => void;
}

/** Ratios of each client to the first one, round by round. */
type Ratios = Readonly<Record<keyof Sample, number>>;

/** Against a server in its own process, one request after the other and 64 at once. */
export async function http(effort: Effort): Promise<Chapter> {
  const server = await startServer('json.ts');
  const peers = clientPeers(server.origin);
  const [one, many] = await bothLoads(peers, server.origin, effort);
  server.stop();
  const of = (
    ratios: ReadonlyMap<string, Ratios>,
    key: keyof Sample,
    name = 'ours: fetch',
  ): number => ratios.get(name)?.[key] ?? Number.NaN;
  return {
    text: `Ratios to the built-in fetch. ${describe(effort)}\n\n${ratioTable(one, many)}`,
    values: {
      '64 in flight, CPU ÷ fetch': of(many, 'cpuUs'),
      '64 in flight, req/s ÷ fetch': of(many, 'perSecond'),
      '64 in flight, CPU ÷ fetch + cockatiel':
        of(many, 'cpuUs') / of(many, 'cpuUs', 'fetch + cockatiel wrap'),
      'floor, 64 in flight, CPU ÷ fetch': of(many, 'cpuUs', 'fetch + floor'),
      'floor, 64 in flight, req/s ÷ fetch': of(many, 'perSecond', 'fetch + floor'),
      'opossum, 64 in flight, CPU ÷ fetch': of(many, 'cpuUs', 'fetch + opossum'),
      'floor, CPU ÷ fetch + cockatiel':
        of(many, 'cpuUs', 'fetch + floor') / of(many, 'cpuUs', 'fetch + cockatiel wrap'),
      '1 in flight, p50 ÷ fetch': of(one, 'p50'),
      '1 in flight, p99 ÷ fetch': of(one, 'p99'),
      'floor, 1 in flight, p50 ÷ fetch': of(one, 'p50', 'fetch + floor'),
      'p-retry, 1 in flight, p50 ÷ fetch': of(one, 'p50', 'fetch + p-retry'),
    },
  };
}

class Unread extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** The same with spans and metrics: ours, and those of OpenTelemetry's undici instrumentation. */
export async function httpTelemetry(effort: Effort): Promise<Chapter> {
  const server = await startServer('json.ts');
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracerProvider = new TracerProvider({ spanProcessors: [new NoopSpanProcessor()] });
  const meterProvider = new MeterProvider({ readers: [new Unread()] });
  const instrumentation = new UndiciInstrumentation({ enabled: false });
  instrumentation.setTracerProvider(tracerProvider);
  instrumentation.setMeterProvider(meterProvider);
  const { host } = new URL(server.origin);
  const getBy =
    (fetch: typeof globalThis.fetch) =>
    async (url: string): Promise<unknown> =>
      (await fetch(url)).json();
  const ours = (...observers: Parameters<typeof createResilience>[0][]): Turn['get'] =>
    getBy(createResilience({ hosts: { [host]: 'all' }, ...observers[0] }).fetch);
  const otel = otelObserver({ tracerProvider, meterProvider });
  const prom = promObserver({ register: new Registry(), exemplars: false });
  const peers: Turn[] = [
    { name: 'built-in fetch', get: getBy(globalThis.fetch) },
    {
      name: 'fetch + instrumentation-undici',
      get: getBy(globalThis.fetch),
      before: () => instrumentation.enable(),
      after: () => instrumentation.disable(),
    },
    { name: 'ours + OpenTelemetry', get: ours({ observers: [otel] }) },
    { name: 'ours + Prometheus', get: ours({ observers: [prom] }) },
    { name: 'ours + both', get: ours({ observers: [otel, prom] }) },
  ];
  const [one, many] = await bothLoads(peers, server.origin, effort);
  server.stop();
  const cpu = (name: string): number => many.get(name)?.cpuUs ?? Number.NaN;
  return {
    text: `Spans recorded and metrics collected in both. Ratios to the built-in fetch.\n\n${ratioTable(one, many)}`,
    values: {
      'our spans and metrics ÷ instrumentation-undici, CPU':
        cpu('ours + OpenTelemetry') / cpu('fetch + instrumentation-undici'),
    },
  };
}

async function bothLoads(
  peers: readonly Turn[],
  origin: string,
  effort: Effort,
): Promise<readonly [Map<string, Ratios>, Map<string, Ratios>]> {
  const url = `${origin}${PATH}`;
  for (const peer of peers) {
    peer.before?.();
    await sampleOf(peer, url, 64, by(effort, 3_000, 500));
    peer.after?.();
  }
  const one = await rounds(peers, url, 1, by(effort, 200, 100), by(effort, 15, 3));
  const many = await rounds(peers, url, 64, by(effort, 1_000, 500), by(effort, 15, 3));
  return [one, many];
}

async function rounds(
  peers: readonly Turn[],
  url: string,
  lanes: number,
  requests: number,
  count: number,
): Promise<Map<string, Ratios>> {
  const samples = new Map(peers.map(({ name }): [string, Sample[]] => [name, []]));
  for (let round = 0; round < count; round += 1) {
    const start = round % peers.length;
    for (const peer of [...peers.slice(start), ...peers.slice(0, start)]) {
      peer.before?.();
      samples.get(peer.name)?.push(await sampleOf(peer, url, lanes, requests));
      peer.after?.();
    }
  }
  const base = samples.get(peers[0]?.name ?? '') ?? [];
  const ratio = (own: readonly Sample[], key: keyof Sample): number =>
    summarise(own.map((sample, round) => sample[key] / (base[round]?.[key] ?? Number.NaN))).median;
  return new Map(
    [...samples].map(([name, own]) => [
      name,
      {
        cpuUs: ratio(own, 'cpuUs'),
        perSecond: ratio(own, 'perSecond'),
        p50: ratio(own, 'p50'),
        p99: ratio(own, 'p99'),
      },
    ]),
  );
}

async function sampleOf(
  { get }: ClientPeer,
  url: string,
  lanes: number,
  requests: number,
): Promise<Sample> {
  const latencies: number[] = [];
  let left = requests;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      await get(url);
      latencies.push(performance.now() - sentAt);
    }
  };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  return {
    cpuUs: (user + system) / requests,
    perSecond: requests / seconds,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

function ratioTable(one: ReadonlyMap<string, Ratios>, many: ReadonlyMap<string, Ratios>): string {
  const columns = ['client', '1: p50', '1: p99', '1: CPU', '64: req/s', '64: p99', '64: CPU'];
  const rows = [...one].map(([name, at1]) => {
    const at64 = many.get(name);
    return [
      name,
      ...[at1.p50, at1.p99, at1.cpuUs, at64?.perSecond, at64?.p99, at64?.cpuUs].map((ratio) =>
        number(ratio ?? Number.NaN),
      ),
    ];
  });
  return table(columns, rows);
}

function describe(effort: Effort): string {
  return `Medians over ${by(effort, 15, 3)} interleaved rounds; CPU is that of the whole client process for each request; the server has a process of its own.`;
}
