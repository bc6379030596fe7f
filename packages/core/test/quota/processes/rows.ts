import { Redis } from 'ioredis';
import { type FleetOptions, ProcessFleet, type Report, type Scale } from './fleet.ts';
import { Starvation } from './starvation.ts';

/** What came of one row. */
export interface Outcome {
  /** Which share of the limit was used, where the row is about that. */
  readonly used?: number;
  /** Calls that the service refused with 429. */
  readonly refused: number;
  /** Calls that ended with a `ThrottledError`, and with any other error. */
  readonly throttled: number;
  readonly failed: number;
  /** For which share of the time the process that was starved most was kept from running. */
  readonly starved: number;
  /** What each process heard of the store, such as `lost back`. */
  readonly stores: readonly string[];
  readonly reasons: readonly string[];
  readonly note?: string;
}

/** One row of the table: what is done to processes that share a quota, and what must come of it. */
export interface Row {
  readonly name: string;
  /**
   * The share of the limit that must be used, in real minutes and in shortened ones: there, each refusal
   * and each start of the store takes a larger part of a minute.
   */
  readonly used?: readonly [real: number, short: number];
  /** Calls that the service may refuse, as a share of the limit; none where it is not given. */
  readonly refused?: number;
  /** What each process must hear of the store; nothing where it is not given. */
  readonly stores?: string;
  readonly reason?: string;
  run(scale: Scale): Promise<Outcome>;
}

type Act = (fleet: ProcessFleet) => Promise<{ readonly used?: number; readonly note?: string }>;

/** Starts a fleet, lets it work and something happen to it, and asks what came of it. */
export async function outcomeOf(options: FleetOptions, act: Act): Promise<Outcome> {
  const { begin = (start) => start() } = options;
  await using fleet = await begin(() => ProcessFleet.start(options));
  using starvation = new Starvation();
  fleet.go();
  const seen = await act(fleet);
  const { share } = starvation;
  const reports = await fleet.stop();
  const sum = (of: (report: Report) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    ...seen,
    refused: fleet.counted().refused,
    throttled: sum(({ throttled }) => throttled),
    failed: sum(({ failed }) => failed),
    starved: Math.max(share, ...reports.map(({ starved }) => starved)),
    stores: reports.map(({ stores }) => stores.join(' ')),
    reasons: [...new Set(reports.flatMap(({ reasons }) => reasons))],
  };
}

/** After a first minute, in which all may be sent at once. */
const steady: Act = async (fleet) => {
  await fleet.pass(1);
  return { used: await fleet.used(2) };
};

/** Milliseconds of real minutes, in shortened ones. */
export const scaled = (ms: number, { minuteMs }: Scale): number => (ms * minuteMs) / 60_000;

const FLEET = { processes: 4 };

const USED: Readonly<Record<number, readonly [real: number, short: number]>> = {
  400: [0.95, 0.7],
  900: [0.92, 0.6],
};

/** One row for each round trip and number of processes. */
export const ROUND_TRIPS: readonly Row[] = [0, 50, 120, 280, 400, 900].flatMap((ms) =>
  [1, 4, 8].map(
    (processes): Row => ({
      name: `round trip ${ms} ms, ${processes} ${processes === 1 ? 'process' : 'processes'}`,
      used: USED[ms] ?? [0.97, 0.7],
      run: (scale) => outcomeOf({ ...scale, processes, roundTripMs: scaled(ms, scale) }, steady),
    }),
  ),
);

async function flushing(fleet: ProcessFleet, act: () => Promise<number>): Promise<number> {
  const client = new Redis({ port: fleet.redis.port, host: '127.0.0.1' });
  const timer = setInterval(() => void client.flushall(), scaled(1_500, fleet.scale));
  try {
    return await act();
  } finally {
    clearInterval(timer);
    client.disconnect();
  }
}

/** Writes so much else that Redis must evict keys, whichever. */
async function evicting(fleet: ProcessFleet, act: () => Promise<number>): Promise<number> {
  const client = new Redis({ port: fleet.redis.port, host: '127.0.0.1' });
  let key = 0;
  const write = (): void => {
    for (let index = 0; index < 20; index += 1) {
      key += 1;
      void client.set(`other:${key}`, 'x'.repeat(10_000));
    }
  };
  const timer = setInterval(write, scaled(1_500, fleet.scale));
  try {
    return await act();
  } finally {
    clearInterval(timer);
    client.disconnect();
  }
}

/** Rows about a store that is restarted, emptied or away, of processes that end, and of others' calls. */
export const TROUBLES: readonly Row[] = [
  {
    name: 'Redis killed and restarted empty',
    used: [0.9, 0.45],
    refused: 1,
    stores: 'lost back',
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET }, async (fleet) => {
        await fleet.pass(1.3);
        const used = fleet.used(3);
        await fleet.redis.kill();
        // Longer than the store may be away, also in shortened minutes.
        await fleet.pass(1);
        await fleet.redis.start();
        return { used: await used };
      }),
  },
  {
    name: 'Redis gone for good',
    used: [0.9, 0.45],
    refused: 1,
    stores: 'lost',
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET }, async (fleet) => {
        await fleet.pass(1.3);
        const used = fleet.used(3);
        await fleet.redis.kill();
        return { used: await used };
      }),
  },
  {
    name: 'FLUSHALL every 1.5 s',
    used: [0.85, 0.45],
    refused: 1,
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET }, async (fleet) => {
        await fleet.pass(1);
        return { used: await flushing(fleet, () => fleet.used(2)) };
      }),
  },
  {
    name: 'random eviction',
    used: [0.85, 0.45],
    refused: 1,
    run: (scale) => {
      const redisOptions = ['--maxmemory', '2mb', '--maxmemory-policy', 'allkeys-random'];
      return outcomeOf({ ...scale, ...FLEET, redisOptions }, async (fleet) => {
        await fleet.pass(1);
        return { used: await evicting(fleet, () => fleet.used(2)) };
      });
    },
  },
  // Each of four sends an eighth: so many processes are assumed.
  ...(
    [
      ['never reachable', { store: 'closed' }, undefined],
      ['wrong password', { redisOptions: ['--requirepass', 'another'] }, 'NOAUTH'],
      [
        'noeviction, memory full',
        { redisOptions: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'] },
        'OOM',
      ],
    ] as const
  ).map(
    ([name, options, reason]): Row => ({
      name,
      used: [0.47, 0.3],
      stores: 'lost',
      ...(reason === undefined ? {} : { reason }),
      run: (scale) => outcomeOf({ ...scale, ...FLEET, ...options }, steady),
    }),
  ),
  {
    name: 'kill -9 of one of four',
    used: [0.95, 0.7],
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET, apart: true }, async (fleet) => {
        await fleet.pass(1.3);
        const used = fleet.used(2);
        fleet.children[0]?.kill('SIGKILL');
        return { used: await used };
      }),
  },
  {
    name: 'SIGSTOP of one of four for half a minute',
    used: [0.95, 0.7],
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET, apart: true }, async (fleet) => {
        await fleet.pass(1.3);
        const used = fleet.used(2);
        fleet.children[0]?.kill('SIGSTOP');
        await fleet.pass(0.5);
        fleet.children[0]?.kill('SIGCONT');
        return { used: await used };
      }),
  },
  {
    name: 'clocks hours apart',
    used: [0.95, 0.7],
    run: (scale) => {
      const skewMs = (process: number): number => (process - 2) * 7_200_000;
      return outcomeOf({ ...scale, ...FLEET, skewMs, apart: true }, steady);
    },
  },
  {
    name: 'a foreign client takes half',
    // Of the half that is left, then of all.
    used: [0.85, 0.45],
    refused: 0.75,
    run: (scale) =>
      outcomeOf({ ...scale, ...FLEET }, async (fleet) => {
        await fleet.pass(1);
        const foreign = fleet.simulator.foreignLoad('alerts', 0.5);
        await fleet.pass(2);
        const adapted = await fleet.used(2, fleet.scale.limit / 2);
        foreign.end();
        await fleet.pass(2);
        const recovered = await fleet.used(1);
        const note = `${percent(adapted)} of the half, then ${percent(recovered)} of all`;
        return { used: Math.min(adapted, recovered), note };
      }),
  },
  {
    name: 'alone, no store',
    used: [0.98, 0.7],
    run: (scale) => outcomeOf({ ...scale, processes: 1, store: 'none' }, steady),
  },
];

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * A process that is kept from running for a larger share says nothing about how much it can send. Other tests
 * that run at the same time take 5 to 20 %.
 */
const MAX_STARVED = 0.25;

/** Whether other work on the machine kept the processes from running. */
export function wasStarved({ starved }: Outcome): boolean {
  return starved > MAX_STARVED;
}

/**
 * Where an outcome is not what the row asks for. Of processes that were starved, only what holds all the same
 * is asked: each call ends well, and no more than one window is refused.
 */
export function faultsOf(
  row: Row,
  outcome: Outcome,
  { minuteMs, limit }: Scale,
): readonly string[] {
  const faults: string[] = [];
  const { used, refused, throttled, failed, stores, reasons } = outcome;
  const starved = wasStarved(outcome);
  const share = row.used?.[minuteMs < 60_000 ? 1 : 0] ?? 0;
  const least = starved ? 0 : share * (1 - outcome.starved);
  if (used !== undefined && used < least) faults.push(`used ${percent(used)} < ${percent(least)}`);
  const allowed = Math.max(row.refused ?? 0, starved ? 1 : 0) * limit;
  if (refused > allowed) faults.push(`${refused} refused > ${allowed}`);
  if (throttled + failed > 0) faults.push(`${throttled} ThrottledErrors, ${failed} other errors`);
  if (starved) return faults;
  const heard = row.stores ?? '';
  if (stores.some((each) => each !== heard)) faults.push(`heard ${JSON.stringify(stores)}`);
  if (row.reason !== undefined && !reasons.some((text) => text.startsWith(row.reason ?? ''))) {
    faults.push(`reasons ${JSON.stringify(reasons)}`);
  }
  return faults;
}
