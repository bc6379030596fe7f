import { createResilience } from '@defender-resilience/core';
import { expect, it, vi } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import { logObserver } from '../../src/observe/log.ts';

type Line = readonly [level: string, ...values: unknown[]];

const FAILURE: Failure = {
  code: 'Forbidden',
  status: 403,
  message: 'canary-secret',
  trackingId: 'id-1',
  verdict: 'terminal',
  source: 'api',
  advice: 'Grant the role.',
};

function consoleLines(): {
  lines: Line[];
  logger: Record<'info' | 'warn' | 'error', (...values: unknown[]) => void>;
} {
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (...values: unknown[]) =>
      void lines.push([level, ...values]);
  return { lines, logger: { info: at('info'), warn: at('warn'), error: at('error') } };
}

function runCall(observer: ReturnType<typeof logObserver>): void {
  const call = observer.call?.({
    operation: 'incidents.list',
    client: 'fetch',
    quotaGroup: 'incidents',
  });
  call?.retry?.({
    nextAttempt: 2,
    delayMs: 1_500,
    source: 'backoff',
    failure: { ...FAILURE, code: 'Http503', status: 503 },
  });
  call?.throttled?.({ attempt: 2, group: 'incidents', delayMs: 300 });
  call?.end?.({
    outcome: 'failure',
    attempts: 2,
    durationMs: 1_800.4,
    failure: FAILURE,
    giveUpReason: 'terminal',
  });
}

it('writes what a person on call wants to know, message first for a console', () => {
  const { lines, logger } = consoleLines();
  runCall(logObserver({ logger }));
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['warn', 'incidents.list failed with Http503, tracking ID id-1; attempt 2 follows in 1.5 s'],
    ['warn', 'incidents.list waits 300 ms: the service asked for a pause'],
    [
      'error',
      'incidents.list failed with 403 Forbidden, tracking ID id-1 after 2 attempts (terminal)',
    ],
  ]);
  expect(lines[2]?.[2]).toEqual({
    operation: 'incidents.list',
    outcome: 'failure',
    attempts: 2,
    durationMs: 1_800,
    giveUpReason: 'terminal',
    code: 'Forbidden',
    status: 403,
    verdict: 'terminal',
    trackingId: 'id-1',
    advice: 'Grant the role.',
  });
});

it('gives pino the fields first', () => {
  const { lines, logger } = consoleLines();
  runCall(logObserver({ logger: { ...logger, bindings: () => ({}) } }));
  expect(lines[0]?.[1]).toMatchObject({ nextAttempt: 2 });
  expect(lines[0]?.[2]).toContain('attempt 2 follows');
});

it('never writes what the service said', () => {
  const { lines, logger } = consoleLines();
  runCall(logObserver({ logger }));
  expect(JSON.stringify(lines)).not.toContain('canary-secret');
});

it('says nothing of a call that succeeded at once, and one line of one that did later', () => {
  const { lines, logger } = consoleLines();
  const start = { operation: 'machines.get', client: 'function', quotaGroup: 'machines' } as const;
  const observer = logObserver({ logger });
  observer.call?.(start)?.end?.({ outcome: 'success', attempts: 1, durationMs: 5 });
  observer.call?.(start)?.end?.({ outcome: 'success', attempts: 3, durationMs: 5 });
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['info', 'machines.get succeeded at attempt 3'],
  ]);
});

it('takes a cancelled call for no error', () => {
  const { lines, logger } = consoleLines();
  logObserver({ logger })
    .call?.({ operation: 'machines.get', client: 'function', quotaGroup: 'machines' })
    ?.end?.({
      outcome: 'cancelled',
      attempts: 1,
      durationMs: 5,
      failure: { ...FAILURE, code: 'Cancelled', source: 'cancelled' },
    });
  expect(lines[0]?.slice(0, 2)).toEqual(['info', 'machines.get was cancelled after 1 attempt']);
});

it('tells of circuits', () => {
  const { lines, logger } = consoleLines();
  const observer = logObserver({ logger });
  observer.circuit?.({
    circuit: 'host machines.get',
    operation: 'machines.get',
    from: 'closed',
    to: 'open',
    openMs: 15_000,
  });
  observer.circuit?.({
    circuit: 'host machines.get',
    operation: 'machines.get',
    from: 'half-open',
    to: 'closed',
  });
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['warn', 'circuit host machines.get is open for 15.0 s'],
    ['info', 'circuit host machines.get is closed'],
  ]);
});

it('writes what a quota learned, and not that calls wait their turn', () => {
  const { lines, logger } = consoleLines();
  const observer = logObserver({ logger });
  const call = observer.call?.({
    operation: 'incidents.list',
    client: 'fetch',
    quotaGroup: 'incidents',
  });
  call?.throttled?.({ attempt: 1, group: 'incidents', delayMs: 300, reason: 'quota' });
  const limit = { kind: 'limit', group: 'incidents', per: 'minute' } as const;
  observer.quota?.({ ...limit, from: 50, to: 30, reason: 'announced' });
  observer.quota?.({ ...limit, from: 30, to: 50, reason: 'recovered' });
  observer.quota?.({ kind: 'store', state: 'lost', error: new Error('canary-secret') });
  observer.quota?.({ kind: 'store', state: 'back' });
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['warn', 'quota incidents is now 30 calls per minute (announced)'],
    ['info', 'quota incidents is now 50 calls per minute (recovered)'],
    [
      'warn',
      'the store of the shared quota is unavailable: each process continues with its share of the limits',
    ],
    ['info', 'the store of the shared quota is available again'],
  ]);
  expect(JSON.stringify(lines)).not.toContain('canary');
});

it.each<[unknown, string]>([
  [{ logger: {} }, 'logger must be a logger with info, warn and error, got an object'],
  [{ logger: 'pino' }, 'logger must be a logger with info, warn and error, got "pino"'],
  [{ log: console }, 'log is not an option; did you mean logger?'],
  [console, 'takes an object of options, got a logger: pass { logger }'],
])('refuses options that it could not log with', (options, message) => {
  const create = (): unknown => Reflect.apply(logObserver, undefined, [options]);
  expect(create).toThrow(TypeError);
  expect(create).toThrow(message);
});

it.each([
  [new Error('NOAUTH HELLO must be called'), 'NOAUTH'],
  [Object.assign(new Error('connect ...'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new Error('canary-secret'), undefined],
  [Object.assign(new Error('x'), { code: 'redis://:canary@cache' }), undefined],
  [undefined, undefined],
])('writes the code of what the store of quotas failed with: %s', (error, code) => {
  const { lines, logger } = consoleLines();
  logObserver({ logger }).quota?.({ kind: 'store', state: 'lost', error });
  expect(lines[0]?.[2]).toMatchObject(code === undefined ? { state: 'lost' } : { code });
  expect(JSON.stringify(lines)).not.toContain('canary');
});

it('has pino write what it keeps when the wrapper closes', async () => {
  const flush = vi.fn((done: (error?: Error) => void) => done());
  const nothing = (): void => undefined;
  const logger = { info: nothing, warn: nothing, error: nothing, bindings: () => ({}), flush };
  await createResilience({ observers: [logObserver({ logger })] }).close();
  expect(flush).toHaveBeenCalledOnce();

  const old = vi.fn(() => undefined);
  const observers = [logObserver({ logger: { ...logger, flush: old } })];
  await createResilience({ observers }).close();
  expect(old).toHaveBeenCalledOnce();
});
