/** What becomes of the responses that a call meets, and what the wrapper counts, in virtual time. */
import {
  type AttemptEnd,
  CircuitOpenError,
  type Clock,
  type Failure,
  failureOf,
  type Observer,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { type ManualClock, manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../src/options/settings.ts';
import type { AttemptSender, ClientCall } from '../../src/pipeline/call.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import { runCall } from '../../src/pipeline/run-call.ts';
import { HttpError, scripted, type Virtual, virtual } from '../support/virtual.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';
const INTERNAL = new HttpError(500, 'InternalServerError');
const REASON = new Error('enough');
const never = (): Promise<never> => new Promise(() => undefined);

interface Fetching extends Virtual {
  readonly responses: readonly Response[];
  /** Sends one call, which is answered with these statuses in turn. */
  get(signal?: AbortSignal): Promise<Response>;
}

function fetching(statuses: readonly number[], options: ResilienceOptions = {}): Fetching {
  const responses = statuses.map((status) => new Response('{}', { status }));
  let sent = 0;
  const setup = virtual(options);
  const fetch = setup.resilience.wrapFetch(() => {
    const response = responses[sent];
    sent += 1;
    return response === undefined ? never() : Promise.resolve(response);
  });
  return {
    ...setup,
    responses,
    get: (signal) => fetch(INCIDENTS, signal === undefined ? {} : { signal }),
  };
}

const used = ({ responses }: Fetching): readonly boolean[] =>
  responses.map(({ bodyUsed }) => bodyUsed);

describe('the response of a failed attempt', () => {
  it('is released once the next attempt is sent, and not before', async () => {
    const setup = fetching([503, 503, 200]);
    const { clock } = setup;
    const call = setup.get();
    await clock.advance(0);
    expect(used(setup)).toEqual([false, false, false]);
    const response = await clock.settle(call);
    expect(response).toBe(setup.responses[2]);
    expect(used(setup)).toEqual([true, true, false]);
  });

  it('is the caller’s where the next attempt may not be sent', async () => {
    const setup = fetching([503], { circuit: { minimumAttempts: 2, openMs: 60_000 } });
    const { clock, resilience, ends } = setup;
    const call = setup.get();
    await clock.advance(0);
    const host = 'api.security.microsoft.com';
    const other = resilience.execute('incidents.list', scripted(INTERNAL), {
      host,
      maxRetries: 0,
    });
    await expect(other).rejects.toBe(INTERNAL);
    const response = await clock.settle(call);
    expect([response.status, used(setup)]).toEqual([503, [false]]);
    expect(failureOf(response)).toMatchObject({ status: 503 });
    expect(ends.at(-1)).toMatchObject({ giveUpReason: 'circuit-open', failure: { status: 503 } });
  });

  it('is released where the caller aborts the wait, and its reason is what the caller gets', async () => {
    const setup = fetching([503]);
    const { clock, ends } = setup;
    const controller = new AbortController();
    const call = setup.get(controller.signal);
    await clock.advance(1);
    controller.abort(REASON);
    await expect(clock.settle(call)).rejects.toBe(REASON);
    await clock.advance(0);
    expect(used(setup)).toEqual([true]);
    expect(ends).toMatchObject([{ outcome: 'cancelled', attempts: 1, giveUpReason: 'cancelled' }]);
  });

  it('is released where the caller aborts in a pause of the group', async () => {
    const setup = fetching([503]);
    const { clock, resilience } = setup;
    const controller = new AbortController();
    const call = setup.get(controller.signal);
    const throttled = new HttpError(429, '429', { 'retry-after': '60' });
    const options = { host: 'api.security.microsoft.com' };
    const other = resilience.execute('incidents.update', scripted(throttled), options);
    await clock.advance(30_000);
    controller.abort(REASON);
    await expect(call).rejects.toBe(REASON);
    await clock.advance(0);
    expect(used(setup)).toEqual([true]);
    await clock.settle(other);
  });

  it('is the caller’s where the wrapper is closed', async () => {
    const setup = fetching([503]);
    const { clock, resilience, ends } = setup;
    const call = setup.get();
    await clock.advance(1);
    await clock.settle(resilience.close());
    expect((await call).status).toBe(503);
    expect(used(setup)).toEqual([false]);
    expect(ends).toMatchObject([{ outcome: 'failure', giveUpReason: 'closed' }]);
  });
});

describe('what a client says of its own', () => {
  const FAILURE: Failure = { code: 'Own', message: '', verdict: 'terminal', source: 'api' };

  /** A call of a client that knows no more than it must. */
  function bare(change: Partial<ClientCall<string>> = {}): ClientCall<string> {
    return {
      operation: { name: 'own', quotaGroup: 'own' },
      name: 'own',
      client: 'function',
      host: undefined,
      request: undefined,
      signal: undefined,
      limits: { attemptTimeoutMs: 1_000, deadlineMs: 60_000, maxRetries: 3, idempotent: true },
      resendable: true,
      send: () => Promise.resolve('value'),
      classifyResult: () => undefined,
      ...change,
    };
  }

  function pipelineOf(): { clock: ManualClock; pipeline: Pipeline; ends: AttemptEnd[] } {
    const clock = manualClock();
    const ends: AttemptEnd[] = [];
    const observer: Observer = {
      call: () => ({ attempt: () => ({ end: (end) => void ends.push(end) }) }),
    };
    const settings = settingsOf({ clock, random: () => 0.5, observers: [observer] });
    return { clock, pipeline: new Pipeline(settings), ends };
  }

  it('may be nothing: no status, and nothing to release', async () => {
    const { clock, pipeline, ends } = pipelineOf();
    let sent = 0;
    const late = bare({
      send: async () => {
        sent += 1;
        if (sent === 1) await new Promise<void>((resolve) => void clock.timer(resolve, 5_000));
        return `value ${sent}`;
      },
      classifyResult: (value) =>
        value === 'value 2' ? { ...FAILURE, verdict: 'retryable' } : undefined,
    });
    expect(await clock.settle(runCall(pipeline, late))).toBe('value 3');
    await clock.advance(10_000);
    expect(ends.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
    expect(pipeline.inFlight).toBe(0);
  });

  it('is told when the time of its attempt is up, and may still abort it later', async () => {
    const { clock, pipeline } = pipelineOf();
    await clock.advance(500);
    const attempts: AttemptSender[] = [];
    const onResult = (_value: string, attempt: AttemptSender): void => void attempts.push(attempt);
    const reading = bare({ onResult, send: ({ signal }) => String(signal.aborted) });
    expect(await runCall(pipeline, reading)).toBe('false');
    const blind = bare({ onResult });
    expect(await runCall(pipeline, blind)).toBe('value');
    expect(attempts.map(({ endsAt }) => endsAt)).toEqual([1_500, 1_500]);
    for (const attempt of attempts) attempt.abort(REASON);
    expect(attempts.map(({ signal }) => signal.reason as unknown)).toEqual([REASON, undefined]);
  });

  it('is the error in place of a value that is a failure', async () => {
    const { pipeline } = pipelineOf();
    const error = new Error('made of the value');
    const seen: unknown[] = [];
    const call = bare({
      classifyResult: () => FAILURE,
      toError: (...args) => {
        seen.push(...args);
        return error;
      },
    });
    await expect(runCall(pipeline, call)).rejects.toBe(error);
    expect(seen).toEqual(['value', FAILURE]);
    const without = bare({ classifyResult: () => FAILURE, toError: () => undefined });
    await expect(runCall(pipeline, without)).resolves.toBe('value');
  });

  it('is released once when the call has ended, however it does', async () => {
    const { pipeline } = pipelineOf();
    let closed = 0;
    const close = (): void => {
      closed += 1;
    };
    await runCall(pipeline, bare({ close }));
    const signal = AbortSignal.abort(REASON);
    await expect(runCall(pipeline, bare({ close, signal }))).rejects.toBe(REASON);
    await runCall(pipeline, bare({ close, classifyResult: () => FAILURE }));
    expect(closed).toBe(3);
  });
});

it('a value that cannot even be looked at rejects, and leaves no call behind', async () => {
  const thrown = new Error('unreadable');
  const value = new Proxy(
    { status: 200, headers: {}, config: {} },
    {
      has: () => {
        throw thrown;
      },
    },
  );
  const { clock, resilience } = virtual();
  await expect(resilience.execute('own', () => value)).rejects.toBe(thrown);
  let sent = 0;
  const retried = resilience.execute('own', () => {
    sent += 1;
    return sent === 1 ? Promise.reject(INTERNAL) : value;
  });
  await expect(clock.settle(retried)).rejects.toBe(thrown);
  expect(resilience.snapshot().inFlight).toBe(0);
});

describe('what the wrapper counts', () => {
  it('is each call that is sent or refused, and none that its caller aborted before', async () => {
    const { resilience } = virtual({ circuit: { minimumAttempts: 1 }, retry: { maxRetries: 0 } });
    const signal = AbortSignal.abort(REASON);
    const aborted = resilience.execute('own', scripted(), { signal });
    await expect(aborted).rejects.toBe(REASON);
    expect(resilience.snapshot().budget.calls).toBe(0);
    await expect(resilience.execute('own', scripted(INTERNAL))).rejects.toBe(INTERNAL);
    await expect(resilience.execute('own', scripted())).rejects.toBeInstanceOf(CircuitOpenError);
    expect(resilience.snapshot()).toMatchObject({
      inFlight: 0,
      budget: { calls: 2, retries: 0 },
    });
  });

  it('is each attempt, for the circuit: of a call’s first and of its others', async () => {
    const { clock, resilience } = virtual();
    const attempts = (): number | undefined => resilience.snapshot().circuits[0]?.attempts;
    const failures = (): number | undefined => resilience.snapshot().circuits[0]?.failures;
    await resilience.execute('own', scripted());
    expect([attempts(), failures()]).toEqual([1, 0]);
    await clock.settle(resilience.execute('own', scripted(INTERNAL, INTERNAL)));
    expect([attempts(), failures()]).toEqual([4, 2]);
    await clock.advance(61_000);
    expect(attempts()).toBe(0);
  });

  it('is the retries that were sent, by the minute', async () => {
    const { clock, resilience } = virtual();
    await clock.settle(resilience.execute('own', scripted(INTERNAL, INTERNAL)));
    expect(resilience.snapshot().budget).toMatchObject({ calls: 1, retries: 2 });
  });
});

describe('the waits of a call', () => {
  const throttled = new HttpError(429, '429');

  it('grow from failure to failure, those after a 429 apart', async () => {
    const { clock, resilience, retries } = virtual({
      retry: {
        maxRetries: 6,
        initialDelayMs: 100,
        maxDelayMs: 10_000,
        throttleInitialDelayMs: 5_000,
        throttleMaxDelayMs: 60_000,
      },
    });
    const steps = [INTERNAL, throttled, INTERNAL, throttled, INTERNAL];
    await clock.settle(resilience.execute('own', scripted(...steps), { deadlineMs: 600_000 }));
    const waits = retries.map(({ delayMs }) => delayMs);
    const [first = 0, firstThrottled = 0, second = 0, secondThrottled = 0, third = 0] = waits;
    expect(first).toBeLessThanOrEqual(100);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect(third).toBeLessThan(1_000);
    expect(firstThrottled).toBeGreaterThan(1_000);
    expect(secondThrottled).toBeGreaterThan(firstThrottled);
  });

  it('end the call where a timer is so late that its deadline has passed', async () => {
    const clock = manualClock();
    let lateMs = 0;
    const late: Clock = { ...clock, now: () => clock.now() + lateMs };
    const { resilience, ends } = virtual({ clock: late });
    const call = resilience.execute('own', scripted(INTERNAL), { deadlineMs: 10_000 });
    await clock.advance(0);
    lateMs = 9_999;
    await expect(clock.settle(call)).rejects.toBe(INTERNAL);
    expect(ends).toMatchObject([{ attempts: 1, giveUpReason: 'deadline' }]);
  });
});

it('a call whose body cannot be sent twice is sent once', async () => {
  const { clock, resilience, ends } = virtual();
  let sent = 0;
  const fetch = resilience.wrapFetch(() => {
    sent += 1;
    return Promise.resolve(new Response('{}', { status: 503 }));
  });
  const body = new ReadableStream({ start: (controller) => controller.close() });
  const init = { method: 'PUT', body, duplex: 'half' } as const;
  const response = await clock.settle(fetch(INCIDENTS, init));
  expect([response.status, sent]).toEqual([503, 1]);
  expect(ends).toMatchObject([{ giveUpReason: 'not-replayable' }]);
});
