import {
  AttemptTimeoutError,
  CircuitOpenError,
  DeadlineExceededError,
  failureOf,
  ThrottledError,
} from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

const INTERNAL = new HttpError(500, 'InternalServerError');
const never = (): Promise<never> => new Promise(() => undefined);

describe('a call that fails', () => {
  it('is repeated after waits that grow, and gives the result', async () => {
    const { clock, resilience, retries, ends } = virtual();
    const fn = scripted(INTERNAL, INTERNAL, INTERNAL);
    await expect(clock.settle(resilience.execute('incidents.list', fn))).resolves.toBe('done');
    expect(fn.calls).toBe(4);
    expect(retries.map(({ nextAttempt, source }) => [nextAttempt, source])).toEqual([
      [2, 'backoff'],
      [3, 'backoff'],
      [4, 'backoff'],
    ]);
    const waits = retries.map(({ delayMs }) => delayMs);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
    expect(clock.now()).toBe(waits.reduce((sum, wait) => sum + Math.ceil(wait), 0));
    expect(ends).toEqual([{ outcome: 'success', attempts: 4, durationMs: clock.now() }]);
  });

  it('rejects in the end with the caller’s own last error, unchanged', async () => {
    const { clock, resilience, ends } = virtual();
    const last = new HttpError(500, 'InternalServerError');
    const fn = scripted(INTERNAL, INTERNAL, INTERNAL, last);
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe(last);
    expect(failureOf(last)).toMatchObject({
      code: 'InternalServerError',
      status: 500,
      trackingId: 'tracking-1',
    });
    expect(ends[0]).toMatchObject({
      outcome: 'failure',
      attempts: 4,
      giveUpReason: 'retries-exhausted',
    });
  });

  it('is not repeated when it is terminal', async () => {
    const { clock, resilience, ends } = virtual();
    const forbidden = new HttpError(403, 'Forbidden');
    const fn = scripted(forbidden);
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe(forbidden);
    expect(fn.calls).toBe(1);
    expect(clock.now()).toBe(0);
    expect(ends[0]).toMatchObject({
      giveUpReason: 'terminal',
      failure: { code: 'Forbidden', verdict: 'terminal' },
    });
  });

  it('is repeated as often as the call says', async () => {
    const { clock, resilience } = virtual();
    const fn = scripted(INTERNAL, INTERNAL);
    await expect(
      clock.settle(resilience.execute('incidents.list', fn, { maxRetries: 1 })),
    ).rejects.toBe(INTERNAL);
    expect(fn.calls).toBe(2);
  });

  it('hands on a rejection that is no error', async () => {
    const { clock, resilience, ends } = virtual();
    const text: unknown = 'just text';
    const fn = (): Promise<never> => Promise.reject(text);
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe('just text');
    expect(ends[0]).toMatchObject({ failure: { code: 'Unknown', source: 'unknown' } });
  });

  it('hands on what the function throws at once', async () => {
    const { clock, resilience } = virtual();
    const thrown = new RangeError('programming error');
    const fn = vi.fn((): string => {
      throw thrown;
    });
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe(thrown);
    expect(fn).toHaveBeenCalledTimes(1);
  });
});

describe('a told wait', () => {
  const throttled = new HttpError(429, '429', { 'retry-after': '7' });

  it('is never undercut', async () => {
    const { clock, resilience, retries } = virtual();
    await clock.settle(resilience.execute('incidents.list', scripted(throttled)));
    expect(retries[0]).toMatchObject({ source: 'retry-after' });
    expect(clock.now()).toBeGreaterThanOrEqual(7_000);
    expect(clock.now()).toBeLessThanOrEqual(7_700);
  });

  it('is read in the body where no header tells it', async () => {
    const { clock, resilience } = virtual();
    const message =
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.';
    await clock.settle(
      resilience.execute('indicators.list', scripted(new HttpError(429, '429', {}, message))),
    );
    expect(clock.now()).toBeGreaterThanOrEqual(8_000);
    expect(clock.now()).toBeLessThanOrEqual(8_800);
  });

  it('that is longer than the most fails at once and says how long it is', async () => {
    const { clock, resilience, ends } = virtual();
    const long = new HttpError(429, '429', { 'retry-after': '600' });
    await expect(clock.settle(resilience.execute('incidents.list', scripted(long)))).rejects.toBe(
      long,
    );
    expect(clock.now()).toBe(0);
    expect(ends[0]).toMatchObject({
      giveUpReason: 'wait-too-long',
      failure: { retryAfterMs: 600_000 },
    });
  });

  it('that is longer than the deadline fails at once', async () => {
    const { clock, resilience, ends } = virtual();
    const call = resilience.execute('incidents.list', scripted(throttled), { deadlineMs: 5_000 });
    await expect(clock.settle(call)).rejects.toBe(throttled);
    expect(clock.now()).toBe(0);
    expect(ends[0]).toMatchObject({ giveUpReason: 'deadline' });
  });

  it('of a 429 without one starts at ten seconds', async () => {
    const { clock, resilience } = virtual();
    await clock.settle(resilience.execute('incidents.list', scripted(new HttpError(429, '429'))));
    expect(clock.now()).toBeGreaterThan(5_000);
    expect(clock.now()).toBeLessThan(15_000);
  });

  it('holds every call of the quota group, and none of another', async () => {
    const { clock, resilience } = virtual();
    const order: string[] = [];
    const note = (name: string) => async (): Promise<void> =>
      void order.push(`${name} ${Math.floor(clock.now() / 1_000)}`);
    const first = resilience.execute('incidents.list', scripted(throttled));
    await clock.advance(0);
    const held = resilience.execute('incidents.list', note('held'));
    const free = resilience.execute('machines.list', note('free'));
    await clock.advance(6_999);
    expect(order).toEqual(['free 0']);
    await clock.settle(Promise.all([first, held, free]));
    expect(order).toEqual(['free 0', 'held 7']);
  });
});

describe('the throttle gate', () => {
  it('refuses a call whose deadline the pause outlasts, and says when it would have been possible', async () => {
    const { clock, resilience, ends } = virtual();
    const throttled = new HttpError(429, '429', { 'retry-after': '100' });
    const first = resilience.execute('incidents.list', scripted(throttled));
    await clock.advance(0);
    const refused = resilience.execute('incidents.list', scripted(), { deadlineMs: 5_000 });
    const error = await clock.settle(refused.catch((cause: unknown) => cause));
    expect(error).toBeInstanceOf(ThrottledError);
    expect(failureOf(error)).toMatchObject({ code: 'Throttled', source: 'throttle' });
    expect(failureOf(error)?.retryAfterMs).toBeGreaterThanOrEqual(100_000);
    expect(ends.at(-1)).toMatchObject({
      outcome: 'rejected',
      attempts: 0,
      giveUpReason: 'throttled',
    });
    await clock.settle(first);
  });
});

describe('the time of an attempt', () => {
  it('ends an attempt that does not answer, aborts its signal, and is repeated', async () => {
    const { clock, resilience, ends } = virtual();
    const reasons: unknown[] = [];
    const fn = ({ signal, attempt }: { signal: AbortSignal; attempt: number }): Promise<string> => {
      if (attempt === 2) return Promise.resolve('done');
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return never();
    };
    await expect(clock.settle(resilience.execute('incidents.list', fn))).resolves.toBe('done');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toBeInstanceOf(AttemptTimeoutError);
    expect(clock.now()).toBeGreaterThan(60_000);
    expect(ends[0]).toMatchObject({ outcome: 'success', attempts: 2 });
  });

  it('is longer for advanced hunting', async () => {
    const { clock, resilience, ends } = virtual();
    const call = resilience.execute('hunting.run', never, { maxRetries: 0 });
    const error = await clock.settle(call.catch((cause: unknown) => cause));
    expect(error).toBeInstanceOf(AttemptTimeoutError);
    expect(clock.now()).toBe(240_000);
    expect(ends[0]).toMatchObject({ failure: { code: 'Timeout', source: 'timeout' } });
  });

  it('is what is left of the deadline, when less is left', async () => {
    const { clock, resilience } = virtual();
    const call = resilience.execute('incidents.list', never, {
      attemptTimeoutMs: 4_000,
      deadlineMs: 6_000,
    });
    const error = await clock.settle(call.catch((cause: unknown) => cause));
    expect(error).toBeInstanceOf(DeadlineExceededError);
    expect(clock.now()).toBe(6_000);
  });

  it('does not run on after the attempt', async () => {
    const { clock, resilience } = virtual();
    await resilience.execute('incidents.list', scripted());
    await clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('an action that may have been carried out', () => {
  const hangUp = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

  it('is not sent twice, and the advice says so', async () => {
    const { clock, resilience, ends } = virtual();
    const reset = hangUp();
    const fn = scripted(reset);
    await expect(clock.settle(resilience.execute('machines.isolate', fn))).rejects.toBe(reset);
    expect(fn.calls).toBe(1);
    expect(ends[0]).toMatchObject({
      giveUpReason: 'not-replayable',
      failure: { verdict: 'terminal', ambiguous: true },
    });
    expect(failureOf(reset)?.advice).toContain('may have been carried out');
  });

  it('is sent again when the call says that it may', async () => {
    const { clock, resilience } = virtual();
    const fn = scripted(hangUp());
    await clock.settle(resilience.execute('machines.isolate', fn, { idempotent: true }));
    expect(fn.calls).toBe(2);
  });

  it('is sent again when the operation’s options say that it may', async () => {
    const { clock, resilience } = virtual({
      operations: { 'machines.isolate': { idempotent: true } },
    });
    const fn = scripted(hangUp());
    await clock.settle(resilience.execute('machines.isolate', fn));
    expect(fn.calls).toBe(2);
  });

  it('is sent again after a refusal that shows that it was not', async () => {
    const { clock, resilience } = virtual();
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const fn = scripted(refused, new HttpError(429, '429', { 'retry-after': '1' }), INTERNAL);
    await clock.settle(resilience.execute('machines.isolate', fn));
    expect(fn.calls).toBe(4);
  });
});

describe('the caller’s abort', () => {
  const reason = new Error('enough');

  it('before the call sends nothing and rejects with the caller’s reason', async () => {
    const { resilience, ends } = virtual();
    const fn = scripted();
    await expect(
      resilience.execute('incidents.list', fn, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(fn.calls).toBe(0);
    expect(ends[0]).toMatchObject({
      outcome: 'cancelled',
      attempts: 0,
      failure: { code: 'Cancelled', source: 'cancelled' },
    });
  });

  it('in a wait ends it at once, and nothing more is sent', async () => {
    const { clock, resilience } = virtual();
    const controller = new AbortController();
    const fn = scripted(new HttpError(429, '429', { 'retry-after': '60' }));
    const call = resilience.execute('incidents.list', fn, { signal: controller.signal });
    await clock.advance(1_000);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(clock.now()).toBe(1_000);
    await clock.advance(120_000);
    expect(fn.calls).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('in an attempt reaches the function and ends the call at once', async () => {
    const { clock, resilience } = virtual();
    const controller = new AbortController();
    let heard: unknown;
    const fn = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      signal.addEventListener('abort', () => {
        heard = signal.reason;
      });
      return never();
    };
    const call = resilience.execute('incidents.list', fn, { signal: controller.signal });
    await clock.advance(10);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(heard).toBe(reason);
  });

  it('held by the gate ends the call at once', async () => {
    const { clock, resilience } = virtual();
    const first = resilience.execute(
      'incidents.list',
      scripted(new HttpError(429, '429', { 'retry-after': '60' })),
    );
    await clock.advance(0);
    const controller = new AbortController();
    const held = resilience.execute('incidents.list', scripted(), { signal: controller.signal });
    await clock.advance(10);
    controller.abort(reason);
    await expect(held).rejects.toBe(reason);
    await clock.settle(first);
  });

  it('counts neither for nor against the circuit', async () => {
    const { clock, resilience } = virtual({ circuit: { minimumAttempts: 1 } });
    const controller = new AbortController();
    const call = resilience.execute('incidents.list', never, { signal: controller.signal });
    await clock.advance(10);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(resilience.snapshot().circuits[0]).toMatchObject({ state: 'closed', attempts: 0 });
  });
});

describe('an outage', () => {
  const once = { maxRetries: 0 } as const;

  it('opens the circuit, refuses at once, probes, and closes it', async () => {
    const { clock, resilience, ends } = virtual();
    let down = true;
    const fn = vi.fn(() => (down ? Promise.reject(INTERNAL) : Promise.resolve('up')));
    for (let call = 0; call < 10; call += 1) {
      await expect(resilience.execute('incidents.list', fn, once)).rejects.toBe(INTERNAL);
    }
    const refusal = await resilience
      .execute('incidents.list', fn, once)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(CircuitOpenError);
    expect(failureOf(refusal)).toMatchObject({ code: 'CircuitOpen', source: 'circuit' });
    expect(failureOf(refusal)?.retryAfterMs).toBeGreaterThan(14_000);
    expect(fn).toHaveBeenCalledTimes(10);
    expect(ends.at(-1)).toMatchObject({
      outcome: 'rejected',
      attempts: 0,
      giveUpReason: 'circuit-open',
    });
    expect(resilience.snapshot().circuits).toMatchObject([
      { circuit: 'incidents.list', state: 'open' },
    ]);

    await clock.advance(16_000);
    down = false;
    await expect(resilience.execute('incidents.list', fn, once)).resolves.toBe('up');
    expect(resilience.snapshot().circuits).toMatchObject([{ state: 'closed' }]);
  });

  it('sends one probe alone while others are refused', async () => {
    const { clock, resilience } = virtual({ circuit: { minimumAttempts: 1 } });
    await resilience.execute('incidents.list', scripted(INTERNAL), once).catch(() => undefined);
    await clock.advance(16_000);
    let answer = (_value: string): void => undefined;
    const probe = resilience.execute(
      'incidents.list',
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
      once,
    );
    await clock.advance(0);
    const others = vi.fn(() => Promise.resolve('other'));
    const refused = await Promise.allSettled(
      [1, 2, 3].map(() => resilience.execute('incidents.list', others, once)),
    );
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(others).not.toHaveBeenCalled();
    answer('up');
    await expect(probe).resolves.toBe('up');
  });

  it('ends a call whose circuit opens while it waits with the error that it had', async () => {
    const { clock, resilience, ends } = virtual({ circuit: { minimumAttempts: 2 } });
    const own = new HttpError(500, 'InternalServerError');
    const waiting = resilience.execute('incidents.list', scripted(own, own));
    await clock.advance(0);
    await resilience.execute('incidents.list', scripted(INTERNAL), once).catch(() => undefined);
    await expect(clock.settle(waiting)).rejects.toBe(own);
    expect(ends.at(-1)).toMatchObject({ attempts: 1, giveUpReason: 'circuit-open' });
  });

  it('of one operation leaves the others alone', async () => {
    const { resilience } = virtual({ circuit: { minimumAttempts: 1 } });
    await resilience.execute('incidents.list', scripted(INTERNAL), once).catch(() => undefined);
    await expect(resilience.execute('machines.list', scripted())).resolves.toBe('done');
  });

  it('is no reason to refuse where circuits are switched off', async () => {
    const { resilience } = virtual({ circuit: false });
    const fn = vi.fn(() => Promise.reject(INTERNAL));
    for (let call = 0; call < 30; call += 1)
      await resilience.execute('incidents.list', fn, once).catch(() => undefined);
    expect(fn).toHaveBeenCalledTimes(30);
    expect(resilience.snapshot().circuits).toEqual([]);
  });
});

describe('the retry budget', () => {
  it('ends retries of a full outage, with the caller’s own error', async () => {
    const { clock, resilience, ends } = virtual({
      circuit: false,
      budget: { ratio: 0, minPerMinute: 2 },
    });
    const fn = scripted(...Array.from({ length: 10 }, () => INTERNAL));
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe(INTERNAL);
    expect(fn.calls).toBe(3);
    expect(ends[0]).toMatchObject({ giveUpReason: 'budget-exhausted' });
    expect(resilience.snapshot().budget).toEqual({ calls: 1, retries: 2, allowed: 2 });
  });
});

describe('refreshToken', () => {
  const unauthorized = new HttpError(401, 'Unauthorized');

  it('is asked once after a 401, and its token reaches the next attempt', async () => {
    const refreshToken = vi.fn(() => Promise.resolve('fresh'));
    const { clock, resilience, retries } = virtual({ refreshToken });
    const fn = vi.fn(({ token }: { token?: string }) =>
      token === 'fresh' ? Promise.resolve(token) : Promise.reject(unauthorized),
    );
    await expect(clock.settle(resilience.execute('incidents.list', fn))).resolves.toBe('fresh');
    expect(refreshToken).toHaveBeenCalledTimes(1);
    expect(refreshToken).toHaveBeenCalledWith(
      expect.objectContaining({ operation: 'incidents.list', family: 'xdr' }),
    );
    expect(retries[0]).toMatchObject({ source: 'token-refresh', delayMs: 0 });
    expect(clock.now()).toBe(0);
  });

  it('is not asked a second time for a 401 that stays', async () => {
    const refreshToken = vi.fn(() => 'fresh');
    const { clock, resilience } = virtual({ refreshToken });
    const fn = scripted(unauthorized, unauthorized, unauthorized);
    await expect(clock.settle(resilience.execute('incidents.list', fn))).rejects.toBe(unauthorized);
    expect(refreshToken).toHaveBeenCalledTimes(1);
    expect(fn.calls).toBe(2);
  });

  it('is not asked for a 401 that no token mends', async () => {
    const refreshToken = vi.fn(() => 'fresh');
    const { clock, resilience } = virtual({ refreshToken });
    const licence = new HttpError(
      401,
      'Unauthorized',
      {},
      'Unauthorized request - reason of failure: Account mode is inactive',
    );
    await expect(clock.settle(resilience.execute('machines.list', scripted(licence)))).rejects.toBe(
      licence,
    );
    expect(refreshToken).not.toHaveBeenCalled();
  });

  it('that throws leaves the caller its 401 and tells the observer’s error hook', async () => {
    const hooks: string[] = [];
    const { clock, resilience } = virtual({
      refreshToken: () => Promise.reject(new Error('no token')),
      onObserverError: (_error, hook) => hooks.push(hook),
    });
    await expect(
      clock.settle(resilience.execute('incidents.list', scripted(unauthorized))),
    ).rejects.toBe(unauthorized);
    expect(hooks).toEqual(['refreshToken']);
  });

  it('that hangs is waited for until the deadline, then the caller gets its 401', async () => {
    const { clock, resilience } = virtual({ refreshToken: never });
    const call = resilience.execute('incidents.list', scripted(unauthorized), {
      deadlineMs: 60_000,
    });
    await expect(clock.settle(call)).rejects.toBe(unauthorized);
    expect(clock.now()).toBe(60_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('that hangs is left at once when the caller aborts', async () => {
    const { clock, resilience } = virtual({ refreshToken: never });
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = resilience.execute('incidents.list', scripted(unauthorized), {
      signal: controller.signal,
    });
    await clock.advance(10);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  it('is asked once for many calls that are refused together', async () => {
    const refreshToken = vi.fn(() => Promise.resolve('fresh'));
    const { clock, resilience } = virtual({ refreshToken });
    const fn = ({ token }: { token?: string }): Promise<string> =>
      token === undefined ? Promise.reject(unauthorized) : Promise.resolve(token);
    const calls = Array.from({ length: 20 }, () => resilience.execute('incidents.list', fn));
    await expect(clock.settle(Promise.all(calls))).resolves.toEqual(
      Array.from({ length: 20 }, () => 'fresh'),
    );
    expect(refreshToken).toHaveBeenCalledTimes(1);
  });
});

describe('wrap', () => {
  it('keeps the name, the parameters and `this` of the function', async () => {
    const { resilience } = virtual();
    const sdk = {
      base: 'incident ',
      getIncident: resilience.wrap(
        'incidents.get',
        function getIncident(this: { base: string }, id: number, suffix: string) {
          return Promise.resolve(`${this.base}${id}${suffix}`);
        },
      ),
    };
    await expect(sdk.getIncident(7, '!')).resolves.toBe('incident 7!');
    expect(sdk.getIncident.name).toBe('getIncident');
    expect(sdk.getIncident.length).toBe(2);
  });

  it('repeats with the same arguments', async () => {
    const { clock, resilience } = virtual();
    const seen: number[] = [];
    const get = resilience.wrap('incidents.get', (id: number) => {
      seen.push(id);
      return seen.length < 3 ? Promise.reject(INTERNAL) : Promise.resolve(id);
    });
    await expect(clock.settle(get(7))).resolves.toBe(7);
    expect(seen).toEqual([7, 7, 7]);
  });

  it.each([
    ['a missing name', ['', () => undefined], 'takes the operation’s name first'.replace('’', "'")],
    ['a missing function', ['incidents.get', undefined], 'takes a function after the operation'],
  ])('refuses %s', (_what, args, message) => {
    const { resilience } = virtual();
    expect((): unknown => Reflect.apply(resilience.wrap, resilience, args)).toThrow(message);
    expect((): unknown => Reflect.apply(resilience.execute, resilience, args)).toThrow(message);
  });
});

describe('snapshot', () => {
  it('is plain data of what goes on', async () => {
    const { clock, resilience } = virtual();
    const call = resilience.execute(
      'incidents.list',
      scripted(new HttpError(429, '429', { 'retry-after': '5' })),
    );
    await clock.advance(0);
    const held = resilience.execute('incidents.list', scripted());
    await clock.advance(0);
    const snapshot = resilience.snapshot();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(snapshot).toMatchObject({
      inFlight: 2,
      throttles: [{ group: 'incidents', waiting: 1 }],
    });
    await clock.settle(Promise.all([call, held]));
    expect(resilience.snapshot()).toMatchObject({ inFlight: 0 });
  });
});

describe('one and the same error object', () => {
  it('is judged afresh by each call that meets it', async () => {
    const { clock, resilience } = virtual();
    const shared = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const isolate = resilience.execute('machines.isolate', scripted(shared));
    await expect(clock.settle(isolate)).rejects.toBe(shared);
    expect(failureOf(shared)?.verdict).toBe('terminal');
    const fn = scripted(shared);
    await expect(clock.settle(resilience.execute('machines.list', fn))).resolves.toBe('done');
    expect(fn.calls).toBe(2);
  });
});
