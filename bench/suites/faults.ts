import { passTime, resetTime, takeOverTime, virtualNow } from '../lib/virtual-time.ts';

// Before the peers are imported: some keep the timers that they find.
takeOverTime();

const { faultClients, ORIGIN, ours } = await import('../peers/fault-clients.ts');

import { number, percent, table } from '../lib/markdown.ts';
import { seeded } from '../lib/random.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import type { Answer, FaultClient, MadeClient } from '../peers/fault-clients.ts';

const LATENCY_MS = 50;
const SECOND_MS = 1_000;

/** What a service does, and when it is called. */
interface Scenario {
  readonly name: string;
  readonly calls: number;
  /** Between the calls, in milliseconds. */
  readonly everyMs: number;
  /** What is answered at a time since the beginning. */
  readonly answer: (atMs: number, random: () => number) => Answer;
  /** From when to when the service was away, since the beginning. */
  readonly outage?: readonly [fromMs: number, toMs: number];
}

interface Result {
  readonly perCall: number;
  readonly success: number;
  readonly refusedPerCall: number;
  /** The share of retries that came before the time that the service had told. */
  readonly early: number;
  readonly perCallInOutage: number;
  /** From the outage's end to the first success, and how much of that was left until a probe. */
  readonly recoveryMs: number;
  readonly untilProbeMs: number;
}

const OK: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
const BROKEN: Answer = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ error: { code: 'InternalServerError', message: '', target: 'bench' } }),
};
const throttled = (seconds: number): Answer => ({
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': String(seconds) },
  body: JSON.stringify({ error: { code: 'TooManyRequests', message: '', target: 'bench' } }),
});

const failingAt =
  (share: number): Scenario['answer'] =>
  (_at, random) =>
    random() < share ? BROKEN : OK;

const outage = (seconds: number): Scenario => {
  const away = [60 * SECOND_MS, (60 + seconds) * SECOND_MS] as const;
  return {
    name: `an outage of ${seconds} s`,
    calls: 60 + seconds + 240,
    everyMs: SECOND_MS,
    answer: (at) => (at >= away[0] && at < away[1] ? BROKEN : OK),
    outage: away,
  };
};

/** A service that takes 60 calls a minute. */
function quotaOf60(): Scenario['answer'] {
  let minute = -1;
  let taken = 0;
  return (at) => {
    const current = Math.floor(at / 60_000);
    if (current !== minute) taken = 0;
    minute = current;
    taken += 1;
    return taken <= 60 ? OK : throttled(Math.ceil(((minute + 1) * 60_000 - at) / SECOND_MS));
  };
}

const P10: Scenario = {
  name: '500 at 10 %',
  calls: 600,
  everyMs: SECOND_MS,
  answer: failingAt(0.1),
};
const P50: Scenario = {
  name: '500 at 50 %',
  calls: 600,
  everyMs: SECOND_MS,
  answer: failingAt(0.5),
};
const ALWAYS: Scenario = {
  name: '500 always',
  calls: 200,
  everyMs: SECOND_MS,
  answer: () => BROKEN,
};
const RETRY_AFTER: Scenario = {
  name: '429 at 30 %',
  calls: 600,
  everyMs: SECOND_MS,
  answer: (_at, random) => (random() < 0.3 ? throttled(5) : OK),
};
const burst = (): Scenario => ({
  name: '240 calls to 60 a minute',
  calls: 240,
  everyMs: 250,
  answer: quotaOf60(),
});

/** What a quick run needs for the aims. */
const COMPARED: ReadonlySet<string> = new Set(['bare fetch', 'ours', 'opossum']);

/** What clients do when the service fails, in virtual time. */
export async function faults(effort: Effort): Promise<Chapter> {
  const seeds = by(effort, 5, 1);
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  const all = [...faultClients, ours('ours, with documented quotas', { quota: 'documented' })];
  const clients = effort.quick ? all.filter(({ name }) => COMPARED.has(name)) : all;
  for (const client of clients) {
    const p10 = await repeated(client, () => P10, seeds);
    const p50 = await repeated(client, () => P50, seeds);
    const always = await repeated(client, () => ALWAYS, 1);
    const throttle = await repeated(client, () => RETRY_AFTER, seeds);
    const long = await repeated(client, () => outage(200), by(effort, 3, 1));
    const short = await repeated(client, () => outage(30), by(effort, 3, 1));
    const served = await repeated(client, burst, 1);
    rows.push([
      client.name,
      shares(p10),
      shares(p50),
      number(always.perCall),
      `${shares(throttle)}, ${percent(throttle.early)} early`,
      recovery(long),
      recovery(short),
      `${percent(served.success)}, ${number(served.refusedPerCall)}, ${percent(served.early)} early`,
    ]);
    if (client.name === 'ours')
      Object.assign(values, aimsOf({ p10, p50, always, throttle, long, short, served }));
    else values[`${client.name}: requests per call at 500 always`] = always.perCall;
    if (client.name.endsWith('quotas')) {
      values['429s per call, with quotas'] = served.refusedPerCall;
    }
  }
  return { text: `${EXPLANATION}\n\n${table(COLUMNS, rows)}`, values };
}

const EXPLANATION =
  'Each with its own defaults, one call a second, in virtual time; an answer takes 50 ms. Requests sent per call and share of the calls that succeeded; for the outages the requests per call during them, and the time until the first success after them; for the 240 calls offered within a minute to a service that takes 60 a minute, the share that succeeded and the 429s per call. Early is the share of retries after a 429 that came before the service had said. got is missing, because its transport cannot be replaced; it has the numbers of ky.';

const COLUMNS = [
  'client',
  '500 at 10 %',
  '500 at 50 %',
  '500 always',
  '429 at 30 %, Retry-After 5 s',
  'outage of 200 s',
  'outage of 30 s',
  '240 calls to 60 a minute',
];

const shares = ({ perCall, success }: Result): string => `${number(perCall)} / ${percent(success)}`;
const recovery = ({ perCallInOutage, recoveryMs }: Result): string =>
  `${number(perCallInOutage)}, ${number(recoveryMs / 1_000)} s`;

function aimsOf(results: Readonly<Record<string, Result>>): Record<string, number> {
  const of = (name: string, key: keyof Result): number => results[name]?.[key] ?? Number.NaN;
  return {
    '10 %: success': of('p10', 'success'),
    '10 %: requests per call': of('p10', 'perCall'),
    '50 %: success': of('p50', 'success'),
    '50 %: requests per call': of('p50', 'perCall'),
    'always: requests per call': of('always', 'perCall'),
    'outage: first success after a probe was due, s':
      Math.max(0, of('long', 'recoveryMs') - of('long', 'untilProbeMs')) / 1_000,
    'outage: first success, s': of('long', 'recoveryMs') / 1_000,
    'short outage: first success, s': of('short', 'recoveryMs') / 1_000,
    'burst: success': of('served', 'success'),
    'burst: 429s per call': of('served', 'refusedPerCall'),
    'burst: early': of('served', 'early'),
  };
}

/** The mean over several seeds of chance. */
async function repeated(
  client: FaultClient,
  scenario: () => Scenario,
  seeds: number,
): Promise<Result> {
  const results: Result[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) results.push(await play(client, scenario(), seed));
  const mean = (key: keyof Result): number =>
    results.reduce((sum, result) => sum + result[key], 0) / results.length;
  return {
    perCall: mean('perCall'),
    success: mean('success'),
    refusedPerCall: mean('refusedPerCall'),
    early: mean('early'),
    perCallInOutage: mean('perCallInOutage'),
    recoveryMs: mean('recoveryMs'),
    untilProbeMs: mean('untilProbeMs'),
  };
}

interface Request {
  readonly call: number;
  readonly atMs: number;
  readonly status: number;
  readonly notBeforeMs: number;
}

async function play(client: FaultClient, scenario: Scenario, seed: number): Promise<Result> {
  resetTime();
  // Chance is the same for all clients, their own jitter included.
  const random = seeded(seed);
  Math.random = seeded(seed + 1_000);
  const beganAt = virtualNow();
  const requests: Request[] = [];
  const made = client.make(async (url) => {
    const atMs = virtualNow() - beganAt;
    const answer = scenario.answer(atMs, random);
    const told = Number(answer.headers['retry-after'] ?? 0) * SECOND_MS;
    const call = Number(new URL(url).searchParams.get('call'));
    requests.push({ call, atMs, status: answer.status, notBeforeMs: told === 0 ? 0 : atMs + told });
    await new Promise((resolve) => setTimeout(resolve, LATENCY_MS));
    return answer;
  });
  const successes = await offer(made, scenario, beganAt);
  return resultOf(scenario, requests, successes.at, successes.untilProbeMs);
}

/** Makes the calls at their times, each without waiting for the one before. */
async function offer(
  { call, resilience }: MadeClient,
  { calls, everyMs, outage: away }: Scenario,
  beganAt: number,
): Promise<{ at: readonly number[]; untilProbeMs: number }> {
  const at: number[] = [];
  let open = calls;
  let untilProbeMs = 0;
  for (let index = 0; index < calls; index += 1) {
    setTimeout(() => {
      call(`${ORIGIN}/api/incidents?call=${index}`).then(
        () => {
          at.push(virtualNow() - beganAt);
          open -= 1;
        },
        () => {
          open -= 1;
        },
      );
    }, index * everyMs);
  }
  if (away !== undefined) {
    setTimeout(() => {
      untilProbeMs = resilience?.snapshot().circuits[0]?.openForMs ?? 0;
    }, away[1]);
  }
  await passTime(() => open === 0, beganAt + 3_600_000);
  return { at, untilProbeMs };
}

function resultOf(
  { calls, everyMs, outage: away }: Scenario,
  requests: readonly Request[],
  successes: readonly number[],
  untilProbeMs: number,
): Result {
  const refused = requests.filter(({ status }) => status === 429);
  const [from, to] = away ?? [0, 0];
  const first = Math.min(...successes.filter((at) => at >= to));
  const during = requests.filter(({ atMs }) => atMs >= from && atMs < to).length;
  return {
    perCall: requests.length / calls,
    success: successes.length / calls,
    refusedPerCall: refused.length / calls,
    early: earlyShare(requests),
    perCallInOutage: during / ((to - from) / everyMs),
    recoveryMs: first - to,
    untilProbeMs,
  };
}

/** Of the retries that followed a told wait, those that came before its end. */
function earlyShare(requests: readonly Request[]): number {
  const told = new Map<number, number>();
  let retries = 0;
  let early = 0;
  for (const { call, atMs, notBeforeMs } of requests) {
    const wait = told.get(call) ?? 0;
    if (wait > 0) {
      retries += 1;
      // A clock that counts whole milliseconds may be one short.
      if (atMs < wait - 1) early += 1;
    }
    told.set(call, notBeforeMs);
  }
  return retries === 0 ? 0 : early / retries;
}
