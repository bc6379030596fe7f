import type { Failure, Operation, QuotaChange } from '@defender-resilience/core';
import { QuotaGate, type QuotaSettings, type ThrottleSettings } from '../../src/quota/gate.ts';
import type { GateAnswer } from '../../src/quota/permit.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS: number = 60 * MINUTE_MS;

export const SETTINGS: QuotaSettings = {
  groups: {},
  minuteMs: MINUTE_MS,
  transitMs: 1_000,
  reserve: 0,
  store: undefined,
  expectedProcesses: undefined,
  storeTimeoutMs: 2_000,
};

/** What a test says of one attempt; the rest does not matter. */
interface Asked {
  readonly name?: string;
  readonly group?: string;
  readonly quota?: Operation['quota'];
  readonly priority?: number;
  readonly attempt?: number;
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

/** A gate in virtual time, and what it did, in order. */
export interface World {
  readonly clock: ManualClock;
  readonly gate: QuotaGate;
  readonly changes: QuotaChange[];
  /** Names of the attempts that were let through or refused, with the time. */
  readonly log: string[];
  readonly held: string[];
  /** Asks for a permit; the attempt is answered at once, unless `keep` is set. */
  ask(name: string, asked?: Asked & { keep?: boolean }): Promise<GateAnswer>;
  refuse(failure: Partial<Failure>, waitMs: number, asked?: Asked): void;
}

export const failure429: Failure = {
  code: 'TooManyRequests',
  status: 429,
  message: 'said',
  verdict: 'retryable',
  source: 'api',
};

function operationOf({ group = 'incidents', quota = { perMinute: 3 } }: Asked): Operation {
  return { name: `${group}.list`, quotaGroup: group, quota };
}

export function world(
  settings: Partial<QuotaSettings & ThrottleSettings> = {},
  clock: ManualClock = manualClock(),
): World {
  const changes: QuotaChange[] = [];
  const log: string[] = [];
  const held: string[] = [];
  const gate = new QuotaGate(
    { pause: true, maxWaiting: 1_000, ...settings },
    { ...SETTINGS, ...settings },
    { clock, random: () => 0.5 },
    (change) => changes.push(change),
  );
  const ask: World['ask'] = async (name, asked = {}) => {
    const operation = operationOf(asked);
    const result = await gate.acquire({
      group: operation.quotaGroup,
      operation,
      name: asked.name ?? operation.name,
      priority: asked.priority ?? 0,
      attempt: asked.attempt ?? 1,
      limitMs: asked.limitMs ?? 10 * HOUR_MS,
      signal: asked.signal,
      held: (delayMs, reason) => held.push(`${name} ${reason} ${delayMs}`),
    });
    const refused = result !== undefined && 'refused' in result;
    log.push(`${clock.now()} ${name}${refused ? ` ${result.refused} ${result.retryAfterMs}` : ''}`);
    if (result !== undefined && !('refused' in result) && !asked.keep) result.completed();
    return result;
  };
  return {
    clock,
    gate,
    changes,
    log,
    held,
    ask,
    refuse(failure, waitMs, asked = {}) {
      const operation = operationOf(asked);
      const call = { group: operation.quotaGroup, operation, name: operation.name, priority: 0 };
      gate.throttled(call, waitMs, { ...failure429, ...failure }, undefined);
    },
  };
}
