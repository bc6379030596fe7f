import {
  type AttemptEnd,
  type AttemptStart,
  type CallEnd,
  type CallStart,
  type Failure,
  failureOf,
  type Observer,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { quick, startServer } from '../support/real.ts';
import { HttpError, scripted, type Virtual, virtual } from '../support/virtual.ts';

/** The failures of every event, by the event that told them. */
function recorder(): {
  readonly observer: Observer;
  readonly seen: [string, Failure | undefined][];
} {
  const seen: [string, Failure | undefined][] = [];
  const observer: Observer = {
    call: () => ({
      attempt: ({ attempt, previous }) => {
        if (attempt > 1) seen.push(['next attempt', previous]);
        return { end: ({ failure }) => void seen.push(['attempt', failure]) };
      },
      retry: ({ failure }) => void seen.push(['retry', failure]),
      end: ({ failure }) => void seen.push(['call', failure]),
    }),
    circuit: ({ failure }) => void seen.push(['circuit', failure]),
  };
  return { observer, seen };
}

it('tells attempts, retries, the circuit, the call and its caller of one and the same failure', async () => {
  const { observer, seen } = recorder();
  const { clock, resilience } = virtual({
    observers: [observer],
    retry: { maxRetries: 1 },
    circuit: { minimumAttempts: 2 },
  });
  const [first, last] = [new HttpError(500, 'InternalServerError'), new HttpError(503)];
  await clock.settle(
    resilience.execute('incidents.list', scripted(first, last)).catch(() => undefined),
  );
  const firstFailure = seen[0]?.[1];
  const lastFailure = failureOf(last);
  expect(firstFailure).toMatchObject({ status: 500 });
  expect(lastFailure).toMatchObject({ status: 503 });
  const expected: [string, Failure | undefined][] = [
    ['attempt', firstFailure],
    ['retry', firstFailure],
    ['next attempt', firstFailure],
    ['attempt', lastFailure],
    ['circuit', lastFailure],
    ['call', lastFailure],
  ];
  expect(seen.map(([event]) => event)).toEqual(expected.map(([event]) => event));
  for (const [index, [, failure]] of expected.entries()) expect(seen[index]?.[1]).toBe(failure);
});

it('tells everybody that an action may have been carried out', async () => {
  const { observer, seen } = recorder();
  const { clock, resilience } = virtual({ observers: [observer] });
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const call = resilience.execute('machines.isolate', scripted(reset));
  await clock.settle(call.catch(() => undefined));
  const failure = failureOf(reset);
  expect(failure).toMatchObject({ verdict: 'terminal', ambiguous: true });
  expect(failure?.advice).toContain('may have been carried out');
  expect(seen.map(([event]) => event)).toEqual(['attempt', 'call']);
  for (const [, told] of seen) expect(told).toBe(failure);
});

it('tells everybody what is wrong with the body that was sent', async () => {
  const body = JSON.stringify({
    error: { code: 'InvalidRequestBody', message: 'Request body is incorrect', target: 't-1' },
  });
  await using server = await startServer((_request, response) =>
    response.writeHead(400, { 'content-type': 'application/json' }).end(body),
  );
  const { observer, seen } = recorder();
  const { fetch } = quick(server.url, { observers: [observer] });
  const response = await fetch(`${server.url}/api/machines/1/isolate`, {
    method: 'POST',
    body: '{"comment":"test"}',
  });
  const failure = failureOf(response);
  expect(failure?.advice).toContain('Comment');
  expect(seen.map(([event]) => event)).toEqual(['attempt', 'call']);
  for (const [, told] of seen) expect(told).toBe(failure);
});

interface Everything extends Virtual {
  readonly starts: CallStart[];
  readonly attempts: AttemptStart[];
  readonly attemptEnds: AttemptEnd[];
}

/** A wrapper in virtual time that notes each event as it is. */
function everything(options: ResilienceOptions = {}): Everything {
  const starts: CallStart[] = [];
  const attempts: AttemptStart[] = [];
  const attemptEnds: AttemptEnd[] = [];
  const observer: Observer = {
    call: (start) => {
      starts.push(start);
      return {
        attempt: (attempt) => {
          attempts.push(attempt);
          return { end: (end) => void attemptEnds.push(end) };
        },
      };
    },
  };
  return { ...virtual({ observers: [observer], ...options }), starts, attempts, attemptEnds };
}

describe('the start of a call', () => {
  const host = 'api.security.microsoft.com';

  it.each<[string, string, { host?: string }, ResilienceOptions, CallStart]>([
    [
      'of an own function',
      'own',
      {},
      {},
      { operation: 'own', client: 'function', quotaGroup: 'other', circuit: 'own' },
    ],
    [
      'of a known operation at a host',
      'incidents.list',
      { host },
      {},
      {
        operation: 'incidents.list',
        client: 'function',
        family: 'xdr',
        quotaGroup: 'incidents',
        circuit: `${host} incidents.list`,
      },
    ],
    [
      'without circuits',
      'own',
      {},
      { circuit: false },
      { operation: 'own', client: 'function', quotaGroup: 'other' },
    ],
  ])('%s names what applies to it alone', async (_what, operation, call, options, start) => {
    const { resilience, starts } = everything(options);
    await resilience.execute(operation, scripted(), call);
    expect(starts).toStrictEqual([start]);
  });

  it('shows the request of a fetch', async () => {
    const { resilience, starts } = everything();
    const fetch = resilience.wrapFetch(() => Promise.resolve(new Response('{}')));
    await fetch(`https://${host}/api/incidents`);
    expect(starts).toMatchObject([
      { client: 'fetch', request: { method: 'GET', host, template: '/api/incidents' } },
    ]);
  });
});

describe('the events of an attempt', () => {
  /** What an attempt that takes 5 ms is told to have ended with. */
  async function endOf(settle: () => unknown): Promise<AttemptEnd | undefined> {
    const { clock, resilience, attemptEnds } = everything({ retry: { maxRetries: 0 } });
    await clock.advance(1_000);
    const call = resilience.execute('incidents.list', async () => {
      await new Promise<void>((resolve) => void clock.timer(resolve, 5));
      return settle();
    });
    await clock.settle(call.catch(() => undefined));
    expect(attemptEnds).toHaveLength(1);
    return attemptEnds[0];
  }

  const throwing = (error: unknown) => (): never => {
    throw error;
  };
  const response = { requestId: 'id-1', protocolVersion: undefined };
  const headers = { 'request-id': 'id-1' };
  const partialHeaders = { ...headers, warning: '199 - "Microsoft/WDATP/401/228"' };
  const partial = [{ vendor: 'Microsoft', provider: 'WDATP', status: 401, latencyMs: 228 }];
  const forbidden = new HttpError(403, 'Forbidden');
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

  it.each<[string, () => unknown, object]>([
    ['a value', () => 'done', {}],
    ['a response', () => new Response('{}', { headers }), { status: 200, response }],
    [
      'a response that lacks something',
      () => new Response('{}', { status: 206, headers: partialHeaders }),
      { status: 206, response, partial },
    ],
    [
      'a part of a download',
      () => new Response('{}', { status: 206, headers }),
      { status: 206, response },
    ],
    [
      'a whole response that warns',
      () => new Response('{}', { status: 200, headers: partialHeaders }),
      { status: 200, response },
    ],
    [
      'the response of a failure',
      () => new Response('{}', { status: 403, headers }),
      { status: 403, response, failure: { status: 403 } },
    ],
    [
      'the error of a response',
      throwing(forbidden),
      {
        status: 403,
        response: { requestId: undefined },
        failure: { code: 'Forbidden' },
        error: forbidden,
      },
    ],
    ['an error without one', throwing(reset), { failure: { code: 'ECONNRESET' }, error: reset }],
  ])('that ends with %s tell just that', async (_what, settle, expected) => {
    const end = await endOf(settle);
    expect(end).toMatchObject({ attempt: 1, durationMs: 5, ...expected });
    expect(Object.keys(end ?? {}).toSorted()).toEqual(
      ['attempt', 'durationMs', ...Object.keys(expected)].toSorted(),
    );
  });

  it('tell of the one before, and how long was waited', async () => {
    const { clock, resilience, attempts, retries } = everything();
    const failed = new HttpError(500, 'InternalServerError');
    await clock.settle(resilience.execute('incidents.list', scripted(failed)));
    const [{ delayMs, failure: previous, nextAttempt } = {}] = retries;
    expect(delayMs).toBeGreaterThan(0);
    expect(nextAttempt).toBe(2);
    expect(attempts).toStrictEqual([
      { attempt: 1, delayMs: 0 },
      { attempt: 2, delayMs, previous },
    ]);
  });
});

describe('the end of a call', () => {
  it('counts its attempts, and the time with its waits', async () => {
    const { clock, resilience, ends } = everything({ retry: { maxRetries: 1 } });
    const failed = new HttpError(503, undefined, { 'retry-after': '2' });
    const call = (...steps: Error[]): Promise<unknown> =>
      clock.settle(resilience.execute('incidents.list', scripted(...steps)).catch(() => undefined));
    await call(failed);
    const waitedMs = clock.now();
    expect(waitedMs).toBeGreaterThanOrEqual(2_000);
    await call(failed, failed);
    const success: CallEnd = { outcome: 'success', attempts: 2, durationMs: waitedMs };
    expect(ends).toStrictEqual([
      success,
      {
        outcome: 'failure',
        attempts: 2,
        durationMs: clock.now() - waitedMs,
        failure: failureOf(failed),
        giveUpReason: 'retries-exhausted',
      },
    ]);
  });
});

it('an observer without a hook for calls hears of none, and one without attempts of no attempt', async () => {
  const seen: string[] = [];
  const circuits: Observer = { circuit: ({ to }) => void seen.push(to) };
  const calls: Observer = { call: () => ({ end: ({ outcome }) => void seen.push(outcome) }) };
  const { resilience } = virtual({
    observers: [circuits, calls],
    circuit: { minimumAttempts: 1 },
    retry: { maxRetries: 0 },
  });
  const failed = new HttpError(500, 'InternalServerError');
  await resilience.execute('own', scripted(failed)).catch(() => undefined);
  expect(seen).toEqual(['open', 'failure']);
});
