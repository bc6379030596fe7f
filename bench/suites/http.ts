import {
  type HttpClientProcess,
  type HttpSample,
  type Load,
  startClient,
} from '../lib/http-client.ts';
import { number, table } from '../lib/markdown.ts';
import { ALLOCATION_FLAGS } from '../lib/measure.ts';
import { startServer } from '../lib/server.ts';
import { summarise } from '../lib/stats.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';

const BARE = 'built-in fetch';
const SIGNAL = 'fetch with a signal';
const FLOOR = 'fetch + floor';
const OURS = 'ours: fetch';
const COCKATIEL = 'fetch + cockatiel wrap';
const INSTRUMENTED = 'fetch + instrumentation-undici';

/** Of what the aim for bytes is compared with. */
const COMPARED_BYTES: readonly string[] = [SIGNAL, FLOOR, OURS];

/** Medians of a client's samples, with one request in flight, with 64, and where nothing is collected. */
interface Measured {
  readonly one: HttpSample;
  readonly many: HttpSample;
  readonly bytes: number;
}

/** Wrapped fetches beside each other. */
export async function http(effort: Effort): Promise<Chapter> {
  const names = [BARE, SIGNAL, FLOOR, OURS, COCKATIEL, 'fetch + p-retry', 'fetch + opossum'];
  const measured = await measureClients(names, effort, by(effort, 15, 3));
  const ratio = (key: 'one' | 'many', field: keyof HttpSample, name: string, base = BARE): number =>
    at(measured, name)[key][field] / at(measured, base)[key][field];
  const cpu = (name: string, base?: string): number => ratio('many', 'mainUs', name, base);
  const above = (name: string): number => at(measured, name).bytes - at(measured, SIGNAL).bytes;
  return {
    text: clientTable(measured),
    values: {
      '64 in flight, CPU ÷ bare': cpu(OURS),
      'floor, 64 in flight, CPU ÷ bare': cpu(FLOOR),
      'best peer, 64 in flight, CPU ÷ bare': Math.min(
        cpu('fetch + opossum'),
        cpu('fetch + p-retry'),
      ),
      '64 in flight, CPU ÷ fetch with a signal': cpu(OURS, SIGNAL),
      'floor, 64 in flight, CPU ÷ fetch with a signal': cpu(FLOOR, SIGNAL),
      'cockatiel, 64 in flight, CPU ÷ fetch with a signal': cpu(COCKATIEL, SIGNAL),
      '1 in flight, p50 ÷ bare': ratio('one', 'p50', OURS),
      'floor, 1 in flight, p50 ÷ bare': ratio('one', 'p50', FLOOR),
      'p-retry, 1 in flight, p50 ÷ bare': ratio('one', 'p50', 'fetch + p-retry'),
      '1 in flight, p99 ÷ bare': ratio('one', 'p99', OURS),
      'floor, 1 in flight, p99 ÷ bare': ratio('one', 'p99', FLOOR),
      'p-retry, 1 in flight, p99 ÷ bare': ratio('one', 'p99', 'fetch + p-retry'),
      'bytes above fetch with a signal': above(OURS),
      'floor, bytes above fetch with a signal': above(FLOOR),
      'cockatiel, bytes above fetch with a signal': above(COCKATIEL),
    },
  };
}

/** The wrapped fetch with observers. Each client that should make spans fails if it makes none. */
export async function httpObservers(effort: Effort): Promise<Chapter> {
  const otel = 'ours + OpenTelemetry';
  const names = [
    BARE,
    INSTRUMENTED,
    OURS,
    'ours + Prometheus',
    'ours + OpenTelemetry, no SDK',
    otel,
    'ours + both',
  ];
  const measured = await measureClients(names, effort, by(effort, 15, 3));
  const cpu = (name: string, base: string): number =>
    at(measured, name).many.mainUs / at(measured, base).many.mainUs;
  return {
    text: `Spans are recorded and metrics collected on both sides: one span for each request by the instrumentation, two by ours.\n\n${clientTable(measured)}`,
    values: {
      'Prometheus over HTTP, on ÷ off': cpu('ours + Prometheus', OURS),
      'OpenTelemetry ÷ instrumentation-undici': cpu(otel, INSTRUMENTED),
    },
  };
}

/** What other clients cost: no aim, but what a reader who has one of them asks. */
export async function httpClients(effort: Effort): Promise<Chapter> {
  const names = [
    BARE,
    OURS,
    'ky',
    'Graph RetryHandler',
    '@azure/core-rest-pipeline',
    'axios + axios-retry',
    'got',
    'undici request',
    'undici retry interceptor',
    'ours: undici interceptor',
  ];
  const measured = await measureClients(names, effort, by(effort, 5, 1));
  return { text: clientTable(measured), values: {} };
}

async function measureClients(
  names: readonly string[],
  effort: Effort,
  rounds: number,
): Promise<ReadonlyMap<string, Measured>> {
  const server = await startServer('json-server.ts');
  const one = { lanes: 1, requests: by(effort, 400, 100) };
  const many = { lanes: 64, requests: by(effort, 2_000, 500) };
  const clients = await Promise.all(names.map((name) => startClient(name, server.origin)));
  for (const client of clients)
    await client.sample({ lanes: 64, requests: by(effort, 6_000, 500) });
  const oneSamples = await inTurns(clients, one, rounds);
  const manySamples = await inTurns(clients, many, rounds);
  for (const client of clients) client.stop();
  // A quick run measures the bytes that there is an aim for.
  const allocating = effort.quick ? names.filter((name) => COMPARED_BYTES.includes(name)) : names;
  const bytes = await bytesOf(allocating, server.origin, effort);
  server.stop();
  return new Map(
    names.map((name) => [
      name,
      {
        one: medians(oneSamples.get(name) ?? []),
        many: medians(manySamples.get(name) ?? []),
        bytes: bytes.get(name) ?? Number.NaN,
      },
    ]),
  );
}

/** Sample by sample, so that a busy neighbour meets all clients alike. */
async function inTurns(
  clients: readonly HttpClientProcess[],
  load: Load,
  rounds: number,
): Promise<Map<string, HttpSample[]>> {
  const samples = new Map(clients.map(({ name }): [string, HttpSample[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const start = round % clients.length;
    for (const client of [...clients.slice(start), ...clients.slice(0, start)]) {
      samples.get(client.name)?.push(await client.sample(load));
    }
  }
  return samples;
}

/** In processes whose young generation holds a whole sample, so that nothing is collected in it. */
async function bytesOf(
  names: readonly string[],
  origin: string,
  effort: Effort,
): Promise<Map<string, number>> {
  const bytes = new Map<string, number>();
  for (const name of names) {
    const client = await startClient(name, origin, ALLOCATION_FLAGS);
    await client.sample({ lanes: 64, requests: by(effort, 2_000, 500) });
    const samples = await inTurns([client], { lanes: 64, requests: 500 }, by(effort, 5, 2));
    client.stop();
    bytes.set(name, medians(samples.get(name) ?? []).bytes);
  }
  return bytes;
}

function medians(samples: readonly HttpSample[]): HttpSample {
  const median = (field: keyof HttpSample): number =>
    summarise(samples.map((sample) => sample[field])).median;
  return {
    cpuUs: median('cpuUs'),
    mainUs: median('mainUs'),
    gcUs: median('gcUs'),
    bytes: median('bytes'),
    perSecond: median('perSecond'),
    p50: median('p50'),
    p99: median('p99'),
  };
}

function at(measured: ReadonlyMap<string, Measured>, name: string): Measured {
  const found = measured.get(name);
  if (found === undefined) throw new Error(`"${name}" was not measured`);
  return found;
}

/** Ratios to the first client, with its own numbers in the first row. */
function clientTable(measured: ReadonlyMap<string, Measured>): string {
  const columns = [
    'client',
    '1: p50',
    '1: p99',
    '1: CPU',
    '64: CPU',
    '64: CPU of all threads',
    '64: requests/s',
    '64: GC, µs',
    'KB per request',
  ];
  const [base] = measured.values();
  const rows = [...measured].map(([name, { one, many, bytes }]) => {
    const ratio = (own: number, other: number | undefined): string =>
      number(own / (other ?? Number.NaN));
    return [
      name,
      ratio(one.p50, base?.one.p50),
      ratio(one.p99, base?.one.p99),
      ratio(one.mainUs, base?.one.mainUs),
      ratio(many.mainUs, base?.many.mainUs),
      ratio(many.cpuUs, base?.many.cpuUs),
      ratio(many.perSecond, base?.many.perSecond),
      number(many.gcUs),
      number(bytes / 1_000),
    ];
  });
  const [name] = measured.keys();
  return `${table(columns, rows)}\n\nRatios to ${name}, which takes ${number(base?.many.mainUs ?? Number.NaN)} µs of CPU for a request with 64 in flight and ${number((base?.one.p50 ?? Number.NaN) * 1_000)} µs of time with one. CPU is that of the main thread.`;
}
