import type { CircuitSettings } from '@defender-resilience/core';
import { type Chance, chanceOf } from '../random.ts';

/** What the service and the network do to one attempt. */
export interface Step {
  readonly kind: 'ok' | 'status' | 'reset' | 'refused' | 'hang';
  readonly afterMs: number;
  readonly status?: number;
  /** Whether a 500 is in the service's own format, which says that nothing was carried out. */
  readonly envelope?: boolean;
  readonly retryAfterMs?: number;
}

export interface PlannedCall {
  readonly at: number;
  /** Each has a circuit and a quota group of its own. */
  readonly operation: 'incidents.list' | 'machines.list';
  readonly idempotent: boolean;
  readonly maxRetries: number;
  readonly deadlineMs: number;
  readonly attemptTimeoutMs: number;
  /** What becomes of its attempts in turn; further ones succeed at once. */
  readonly steps: readonly Step[];
  /** When its caller aborts it. */
  readonly abortAt?: number;
}

/** What `refreshToken` does with one call of it. */
export interface PlannedRefresh {
  readonly gives: 'token' | 'nothing' | 'hang';
  readonly afterMs: number;
}

/** The limits of each quota group. */
export interface PlannedQuota {
  readonly perMinute: number;
  readonly perHour?: number;
  readonly minuteMs: number;
  readonly transitMs: number;
}

/** Everything that happens in one run: the same schedule gives the same run. */
export interface Schedule {
  /** What each draw of chance gives. */
  readonly random: number;
  readonly budget: { readonly ratio: number; readonly minPerMinute: number };
  readonly circuit: Pick<
    CircuitSettings,
    'failureRatio' | 'minimumAttempts' | 'windowMs' | 'openMs' | 'maxOpenMs'
  >;
  /** Whether a 429 pauses its quota group. */
  readonly pause: boolean;
  /** How many calls may wait in one quota group. */
  readonly maxWaiting: number;
  readonly maxRetryAfterMs: number;
  readonly calls: readonly PlannedCall[];
  /** In turn, and again from the first; absent: there is no `refreshToken`. */
  readonly refreshes?: readonly PlannedRefresh[];
  /** Absent: quotas are off. */
  readonly quota?: PlannedQuota;
  readonly close?: { readonly at: number; readonly timeoutMs: number };
  /** Whether the wrapper closes when the last call has ended: no timer may be left then. */
  readonly closesAfterwards: boolean;
}

const STATUSES = [400, 403, 404, 408, 425, 429, 429, 429, 500, 500, 501, 502, 503, 503, 504];

/** Of the schedules with quotas, half meet no 429, which would teach the wrapper another limit. */
function statusesOf(chance: Chance, quota: boolean, refreshes: boolean): readonly number[] {
  const known = quota && chance.chance(0.5) ? STATUSES.filter((one) => one !== 429) : STATUSES;
  return refreshes ? [...known, 401, 401, 401, 401] : [...known, 401];
}

function quotaOf(chance: Chance): PlannedQuota {
  const perMinute = chance.int(1, 5);
  return {
    perMinute,
    ...(chance.chance(0.5) ? { perHour: perMinute * chance.int(1, 4) } : {}),
    minuteMs: chance.one(1_000, 10_000, 60_000),
    transitMs: chance.one(0, 500, 5_000),
  };
}

function refreshOf(chance: Chance): PlannedRefresh {
  return {
    gives: chance.one('token', 'token', 'token', 'nothing', 'hang'),
    afterMs: chance.one(0, 1, 300, 3_000, 20_000),
  };
}

/** The schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  const chance = chanceOf(seed);
  const kind = chance.next();
  if (kind < 0.1) return withExpiredTokens(chance);
  return kind < 0.2 ? crowded(chance) : mixedSchedule(chance);
}

/** Many calls of one operation wait together: for pauses of different lengths, or for their quota. */
function crowded(chance: Chance): Schedule {
  const { quota: _, ...mixed } = mixedSchedule(chance);
  const counted = chance.chance(0.5);
  const statuses = counted ? [503, 503, 401] : [429, 429, 429, 503];
  const spanMs = chance.one(0, 100, 2_000);
  return {
    ...mixed,
    budget: { ratio: 1, minPerMinute: 30 },
    pause: true,
    maxWaiting: 1_000,
    maxRetryAfterMs: 180_000,
    ...(counted ? { quota: quotaOf(chance) } : {}),
    calls: Array.from({ length: chance.int(4, 12) }, () => {
      const call = callOf(chance, 0.7, spanMs, statuses);
      const deadlineMs = chance.one(20_000, 300_000, 300_000);
      const attemptTimeoutMs = Math.min(call.attemptTimeoutMs, deadlineMs);
      return { ...call, operation: 'incidents.list', deadlineMs, attemptTimeoutMs };
    }),
  };
}

/** All calls begin with a token that has expired, most of them while a new one is being asked for. */
function withExpiredTokens(chance: Chance): Schedule {
  const spanMs = chance.one(0, 100, 5_000);
  const count = chance.int(2, 8);
  return {
    ...mixedSchedule(chance),
    budget: { ratio: 1, minPerMinute: chance.one(0, 30, 30) },
    refreshes: Array.from({ length: chance.int(1, 4) }, () => ({
      gives: chance.one('token', 'token', 'token', 'nothing', 'hang'),
      afterMs: chance.one(20, 300, 3_000, 20_000),
    })),
    calls: Array.from({ length: count }, () => {
      const call = callOf(chance, 0.3, spanMs, [...STATUSES, 401]);
      const refused = (): Step => ({
        kind: 'status',
        status: 401,
        afterMs: chance.one(0, 10, chance.int(0, 900)),
      });
      const { abortAt: _, ...rest } = call;
      return {
        ...rest,
        maxRetries: chance.int(0, 4),
        // Some are refused with the new token as well.
        steps: [refused(), ...(chance.chance(0.2) ? [refused()] : []), ...call.steps],
        ...(chance.chance(0.2) ? { abortAt: call.at + chance.int(0, 5_000) } : {}),
      };
    }),
  };
}

function mixedSchedule(chance: Chance): Schedule {
  // Short schedules find most; in some, many calls meet each other.
  const count = chance.chance(0.1) ? chance.int(10, 30) : chance.int(1, 6);
  // Whether the service is healthy, shaky or down.
  const failing = chance.one(0.2, 0.5, 0.9, 1);
  const spanMs = chance.one(0, 100, 5_000, 60_000, 200_000);
  const close = chance.chance(0.15)
    ? { close: { at: chance.int(0, spanMs + 60_000), timeoutMs: chance.one(0, 1_000, 20_000) } }
    : {};
  const quota = chance.chance(0.25) ? { quota: quotaOf(chance) } : {};
  const refreshes = chance.chance(0.25)
    ? { refreshes: Array.from({ length: chance.int(1, 3) }, () => refreshOf(chance)) }
    : {};
  const statuses = statusesOf(chance, 'quota' in quota, 'refreshes' in refreshes);
  return {
    random: chance.one(0, 0.2, 0.5, 0.99),
    budget: { ratio: chance.one(0, 0.2, 1), minPerMinute: chance.one(0, 1, 3, 30) },
    circuit: {
      failureRatio: chance.one(0.3, 0.5, 0.8, 1),
      minimumAttempts: chance.one(2, 4, 10),
      windowMs: chance.one(6_000, 60_000),
      openMs: chance.one(500, 15_000),
      maxOpenMs: chance.one(15_000, 120_000),
    },
    pause: chance.chance(0.8),
    maxWaiting: chance.one(0, 1, 3, 1_000, 1_000, 1_000),
    maxRetryAfterMs: chance.one(5_000, 180_000),
    closesAfterwards: chance.chance(0.5),
    calls: Array.from({ length: count }, () => callOf(chance, failing, spanMs, statuses)),
    ...quota,
    ...refreshes,
    ...close,
  };
}

function callOf(
  chance: Chance,
  failing: number,
  spanMs: number,
  statuses: readonly number[],
): PlannedCall {
  const deadlineMs = chance.one(1, 900, 30_000, 300_000, 300_000);
  const at = chance.int(0, spanMs);
  return {
    at,
    operation: chance.one('incidents.list', 'incidents.list', 'machines.list'),
    idempotent: chance.chance(0.6),
    maxRetries: chance.int(0, 4),
    deadlineMs,
    attemptTimeoutMs: Math.min(chance.one(500, 10_000, 60_000), deadlineMs),
    steps: Array.from({ length: chance.int(0, 5) }, () => stepOf(chance, failing, statuses)),
    ...(chance.chance(0.15) ? { abortAt: at + chance.int(0, 60_000) } : {}),
  };
}

function stepOf(chance: Chance, failing: number, statuses: readonly number[]): Step {
  const afterMs = chance.chance(0.8) ? chance.int(0, 900) : chance.int(0, 70_000);
  if (!chance.chance(failing)) return { kind: 'ok', afterMs };
  const kind = chance.one('status', 'status', 'status', 'status', 'reset', 'refused', 'hang');
  if (kind !== 'status') return { kind, afterMs };
  const retryAfterMs = chance.one(0, 700, 700, 3_000, 5_000, 20_000, 100_000, 180_000, 400_000);
  return {
    kind,
    afterMs,
    status: chance.one(...statuses),
    envelope: chance.chance(0.5),
    ...(chance.chance(0.5) ? { retryAfterMs } : {}),
  };
}
