import {
  type CallObserver,
  CircuitOpenError,
  failureOf,
  type Observer,
  type QuotaChange,
  type ReadQuotas,
  type ResilienceOptions,
  ThrottledError,
  type ThrottleWait,
} from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { HttpError, scripted, type Virtual, virtual } from '../support/virtual.ts';

const MINUTE_MS = 60_000;

interface Quotas extends Virtual {
  readonly changes: QuotaChange[];
  readonly waits: ThrottleWait[];
  readonly read: ReadQuotas | undefined;
  /** What was sent, in order, with the time. */
  readonly sent: string[];
  /** Calls that are answered after 10 ms. */
  call(name: string, options?: { operation?: string; priority?: number }): Promise<unknown>;
}

function quotas(options: ResilienceOptions = {}): Quotas {
  const changes: QuotaChange[] = [];
  const waits: ThrottleWait[] = [];
  let read: ReadQuotas | undefined;
  const observer: Observer = {
    call: (): CallObserver => ({ throttled: (wait) => waits.push(wait) }),
    quota: (change) => changes.push(change),
    quotas: (reader) => {
      read = reader;
    },
  };
  const setup = virtual({
    quota: { groups: { incidents: { perMinute: 2 } } },
    observers: [observer],
    ...options,
  });
  const sent: string[] = [];
  return {
    ...setup,
    changes,
    waits,
    read,
    sent,
    call: (name, { operation = 'incidents.list', ...rest } = {}) =>
      setup.resilience.execute(
        operation,
        () => {
          sent.push(`${setup.clock.now()} ${name}`);
          return new Promise((resolve) => {
            setup.clock.timer(() => resolve('done'), 10);
          });
        },
        rest,
      ),
  };
}

describe('a wrapper with quotas', () => {
  it('keeps to the documented limit of an operation', async () => {
    const { clock, call, sent } = quotas({ quota: 'documented' });
    for (let index = 0; index < 47; index += 1) {
      void call(String(index), { operation: 'hunting.run' });
    }
    await clock.advance(MINUTE_MS);
    expect(sent).toHaveLength(45);
    await clock.advance(10);
    expect(sent).toHaveLength(47);
  });

  it('tells the observers that a call waits, and why', async () => {
    const { clock, call, waits } = quotas();
    for (const name of ['a', 'b', 'c']) void call(name);
    await clock.advance(0);
    expect(waits).toEqual([
      { attempt: 1, group: 'incidents', delayMs: MINUTE_MS, reason: 'quota' },
    ]);
  });

  it('does not count the wait for its turn as the attempt’s time', async () => {
    const { clock, call, ends } = quotas({ attemptTimeoutMs: 100 });
    for (const name of ['a', 'b', 'c']) void call(name);
    await clock.advance(2 * MINUTE_MS);
    expect(ends.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['success', 1],
      ['success', 1],
      ['success', 1],
    ]);
  });

  it('refuses at once what cannot have its turn before its deadline, and says when it could', async () => {
    const { clock, resilience, call } = quotas();
    for (const name of ['a', 'b']) void call(name);
    await clock.advance(20_000);
    const fn = scripted();
    const refused = resilience.execute('incidents.list', fn, { deadlineMs: 30_000 });
    const error: unknown = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error).toMatchObject({
      reason: 'wait-too-long',
      retryAfterMs: 40_010,
      heldBy: 'quota',
      message:
        'incidents.list was not sent: its quota is used up for another 40.1 s, which is longer than the call may wait',
    });
    expect(failureOf(error)).toMatchObject({ code: 'Throttled', retryAfterMs: 40_010 });
    expect(fn.calls).toBe(0);
    expect(clock.now()).toBe(20_000);
  });

  it('lets go of a call whose caller aborts, with the caller’s reason', async () => {
    const { clock, resilience, call } = quotas();
    for (const name of ['a', 'b']) void call(name);
    const controller = new AbortController();
    const fn = scripted();
    const aborted = resilience.execute('incidents.list', fn, { signal: controller.signal });
    await clock.advance(1_000);
    const reason = new Error('no longer needed');
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect(fn.calls).toBe(0);
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0, quotas: [{ waiting: 0 }] });
  });

  it('shows its queue in the snapshot, also where no pause holds it', async () => {
    const { clock, resilience, call } = quotas();
    for (const name of ['a', 'b', 'c']) void call(name);
    await clock.advance(1_000);
    expect(resilience.snapshot().throttles).toEqual([
      { group: 'incidents', pausedForMs: 0, waiting: 1 },
    ]);
  });

  it('keeps its queue to the one limit that pauses have as well', async () => {
    const { clock, call } = quotas({
      quota: { groups: { incidents: { perMinute: 1 } } },
      throttle: { maxWaiting: 1 },
    });
    void call('a');
    void call('b');
    const error: unknown = await call('c').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'queue-full', heldBy: 'quota' });
    await clock.advance(2 * MINUTE_MS);
  });

  it('tells how full each quota is, in its snapshot and to whoever watches', async () => {
    const { clock, resilience, call, read } = quotas();
    for (const name of ['a', 'b', 'c']) void call(name);
    await clock.advance(20_000);
    const state = [
      {
        group: 'incidents',
        windows: [{ per: 'minute', limit: 2, used: 2, remaining: 0 }],
        waiting: 1,
        pausedForMs: 0,
        nextFreeMs: 40_010,
        counting: 'local',
      },
    ];
    expect(resilience.snapshot().quotas).toEqual(state);
    expect(read?.()).toEqual(state);
  });

  it('goes on when an observer fails', async () => {
    const failed: string[] = [];
    const fault = (): never => {
      throw new Error('fault of the observer');
    };
    const { clock, resilience } = virtual({
      quota: 'documented',
      observers: [{ quota: fault, quotas: fault }],
      onObserverError: (_, hook) => failed.push(hook),
    });
    const throttled = new HttpError(429, '429', { 'retry-after': '1' });
    await clock.settle(resilience.execute('incidents.list', scripted(throttled)));
    expect(failed).toEqual(['quotas', 'quota']);
  });
});

describe('the priority', () => {
  const quota = { groups: { incidents: { perMinute: 1 }, 'machines.actions': { perMinute: 1 } } };

  it('of a call decides who goes first', async () => {
    const { clock, call, sent } = quotas({ quota });
    for (const name of ['a', 'b', 'c']) void call(name);
    void call('urgent', { priority: 1 });
    await clock.advance(3 * MINUTE_MS);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['a', 'urgent', 'b']);
  });

  it('of an operation may be an option', async () => {
    const operations = { 'incidents.update': { priority: 2 } };
    const { clock, call, sent } = quotas({ quota, operations });
    for (const name of ['a', 'b']) void call(name);
    void call('update', { operation: 'incidents.update' });
    void call('even more urgent', { priority: 3 });
    await clock.advance(4 * MINUTE_MS);
    expect(sent.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      'a',
      'even more urgent',
      'update',
      'b',
    ]);
  });

  it('of what contains an attack is higher without anyone’s saying so', async () => {
    const { clock, call, sent } = quotas({ quota });
    for (const name of ['a', 'b']) void call(name, { operation: 'machines.runAntiVirusScan' });
    void call('isolate', { operation: 'machines.isolate' });
    await clock.advance(3 * MINUTE_MS);
    expect(sent.map((line) => line.split(' ')[1])).toEqual(['a', 'isolate', 'b']);
  });

  it('must be a number', () => {
    const { resilience } = quotas({ quota });
    const call = (priority: unknown) => (): unknown =>
      Reflect.apply(resilience.execute, resilience, ['x', () => 1, { priority }]);
    expect(call('high')).toThrow('priority must be a number');
    expect(call(Number.NaN)).toThrow('priority must be a number');
  });
});

describe('a refusal by the service', () => {
  const message =
    'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.';

  it('that tells the real limit lowers it, and is told to the observers', async () => {
    const { clock, resilience, changes } = quotas({ quota: 'documented' });
    const throttled = new HttpError(429, '429', {}, message);
    await clock.settle(resilience.execute('alerts.list', scripted(throttled)));
    expect(changes[0]).toMatchObject({
      kind: 'limit',
      group: 'alerts',
      per: 'minute',
      from: 100,
      reason: 'announced',
    });
    // A few minutes later what is left is the limit that was told.
    await clock.advance(10 * MINUTE_MS);
    expect(resilience.snapshot().quotas[0]?.windows[0]?.limit).toBe(30);
    await clock.advance(60 * MINUTE_MS);
    expect(resilience.snapshot().quotas[0]?.windows[0]?.limit).toBe(100);
  });

  it('by the hour lowers the limit of the hour', async () => {
    const { clock, resilience } = quotas({ quota: 'documented' });
    const hourly = message.replace('30 per 00:01:00', '1000 per 01:00:00');
    const throttled = new HttpError(429, '429', {}, hourly);
    await clock.settle(resilience.execute('alerts.list', scripted(throttled)));
    const [minute, hour] = resilience.snapshot().quotas[0]?.windows ?? [];
    expect(minute?.limit).toBe(100);
    expect(hour?.limit).toBeLessThanOrEqual(1_000);
  });

  it('lets the refused call go before those that wait', async () => {
    const { clock, resilience, call, sent } = quotas();
    const throttled = new HttpError(429, '429', { 'retry-after': '5' });
    const refused = scripted(throttled);
    void resilience.execute('incidents.list', () => {
      sent.push(`${clock.now()} refused`);
      return refused();
    });
    for (const name of ['a', 'b', 'c']) void call(name);
    await clock.advance(4 * MINUTE_MS);
    const order = sent.map((line) => line.split(' ')[1]);
    expect(order.slice(0, 3)).toEqual(['refused', 'a', 'refused']);
  });

  it('pauses the group, also for calls that have room', async () => {
    const { clock, resilience, call, sent } = quotas({
      quota: { groups: { incidents: { perMinute: 50 } } },
    });
    const throttled = new HttpError(429, '429', { 'retry-after': '20' });
    void resilience.execute('incidents.list', scripted(throttled));
    await clock.advance(1_000);
    expect(resilience.snapshot().throttles).toMatchObject([{ group: 'incidents', waiting: 0 }]);
    void call('held');
    await clock.advance(MINUTE_MS);
    expect(Number(sent[0]?.split(' ')[0])).toBeGreaterThanOrEqual(20_000);
  });
});

describe('a circuit that opens while a call waits for its turn', () => {
  it('gives the call’s place back', async () => {
    const { clock, resilience, call } = quotas({
      quota: { groups: { incidents: { perMinute: 2 } } },
      circuit: { minimumAttempts: 2, failureRatio: 0.5, openMs: 120_000 },
    });
    const down = new HttpError(500, 'InternalServerError');
    const failing = (): Promise<never> =>
      new Promise((_, reject) => {
        clock.timer(() => reject(down), 1_000);
      });
    const calls = [1, 2].map(() =>
      resilience.execute('incidents.list', failing, { maxRetries: 0 }).catch(() => undefined),
    );
    const held = call('held').catch((reason: unknown) => reason);
    await clock.advance(MINUTE_MS + 1_000);
    await Promise.all(calls);
    expect(await held).toBeInstanceOf(CircuitOpenError);
    expect(resilience.snapshot().quotas[0]?.windows[0]?.used).toBe(0);
  });
});

describe('a wrapper whose retries are off', () => {
  const throttled = new HttpError(429, '429', { 'retry-after': '300' });
  const throttledOnce = async (options: ResilienceOptions): Promise<Virtual> => {
    const setup = virtual({ retry: { maxRetries: 0 }, ...options });
    const refused = setup.resilience.execute('incidents.list', scripted(throttled));
    await expect(setup.clock.settle(refused)).rejects.toBe(throttled);
    return setup;
  };

  it('does not hold later calls after a 429', async () => {
    const { clock, resilience } = await throttledOnce({});
    expect(resilience.snapshot().throttles).toEqual([]);
    await clock.settle(resilience.execute('incidents.list', scripted()));
    expect(clock.now()).toBe(0);
  });

  it('does where it is asked for', async () => {
    const { resilience } = await throttledOnce({ throttle: { pause: true } });
    expect(resilience.snapshot().throttles).toMatchObject([{ group: 'incidents', waiting: 0 }]);
  });
});

describe('a wrapper without quotas', () => {
  it('holds no other call after a 429 where pauses are switched off', async () => {
    const { clock, resilience } = virtual({ throttle: false });
    const throttled = new HttpError(429, '429', { 'retry-after': '5' });
    const retried = resilience.execute('incidents.list', scripted(throttled));
    await clock.advance(1_000);
    await resilience.execute('incidents.list', scripted());
    expect(clock.now()).toBe(1_000);
    await clock.settle(retried);
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
  });

  it('counts nothing', async () => {
    const { clock, resilience } = virtual();
    await clock.settle(resilience.execute('incidents.list', scripted()));
    expect(resilience.snapshot().quotas).toEqual([]);
  });
});
