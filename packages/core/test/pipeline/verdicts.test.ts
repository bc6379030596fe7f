import { createServer } from 'node:net';
import { catalogue, failureOf, type ResilienceOptions } from '@defender-resilience/core';
import {
  redactAuthorization,
  type ScriptStep,
  type Simulator,
  startSimulator,
} from '@defender-resilience/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { quick } from '../support/real.ts';

// Every row of the table of verdicts, over real sockets; what counts is what the server received.
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ quotas: 'off' });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const MACHINE = '/api/machines/1/isolate';
const isolate: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"Comment":"test","IsolationType":"Full"}',
};

async function send(
  steps: readonly ScriptStep[],
  {
    path = '/api/incidents',
    init,
    options,
  }: { path?: string; init?: RequestInit; options?: ResilienceOptions } = {},
): Promise<{
  status: number | undefined;
  sent: number;
  failure: ReturnType<typeof failureOf>;
  open: string;
}> {
  simulator.reset();
  simulator.script(...steps);
  const resilience = quick(simulator.url, {
    circuit: { minimumAttempts: 1, failureRatio: 0.01 },
    ...options,
  });
  // With a circuit that opens at the first failure, a repeated call shows by the breaker what counted.
  const relaxed = quick(simulator.url, { circuit: false, ...options });
  const url = `${simulator.url}${path}`;
  const result: unknown = await relaxed.fetch(url, init).catch((error: unknown) => error);
  const sent = simulator.requests.length;
  const status = result instanceof Response ? result.status : undefined;
  if (result instanceof Response) await result.arrayBuffer();
  const failure = failureOf(result);
  simulator.reset();
  simulator.script(...steps.slice(0, 1));
  const second = await resilience.fetch(url, { ...init }).catch((error: unknown) => error);
  if (second instanceof Response) await second.arrayBuffer();
  const open = resilience.snapshot().circuits[0]?.state ?? 'none';
  return { status, sent, failure, open };
}

describe('documented codes', () => {
  const documented = catalogue.filter((entry) => entry.documented && entry.verdict === 'terminal');

  it.each(documented.map((entry) => [entry.status, entry.code] as const))(
    '%d %s is sent once',
    async (status, code) => {
      const { sent, failure, open, ...end } = await send([{ code }, 200]);
      expect({ ...end, sent, open }).toEqual({ status, sent: 1, open: 'closed' });
      expect(failure).toMatchObject({ code, status, verdict: 'terminal', source: 'api' });
      expect(failure?.trackingId).toMatch(/^[\w-]{36}$/);
      expect(failure?.advice).toBeTruthy();
    },
  );

  it('500 InternalServerError is repeated until it succeeds', async () => {
    expect(await send(['InternalServerError', 'InternalServerError', 200])).toMatchObject({
      status: 200,
      sent: 3,
      open: 'open',
    });
  });

  it('500 InternalServerError is repeated for an action too: the documentation says to retry', async () => {
    const steps = ['InternalServerError', { status: 201, body: {} }];
    expect(await send(steps, { path: MACHINE, init: isolate })).toMatchObject({
      status: 201,
      sent: 2,
    });
  });

  it('is answered as it is once the retries are used up', async () => {
    const { status, sent, failure } = await send(
      Array.from({ length: 9 }, () => 'InternalServerError'),
    );
    expect({ status, sent }).toEqual({ status: 500, sent: 4 });
    expect(failure).toMatchObject({ code: 'InternalServerError', verdict: 'retryable' });
  });
});

describe('other answers', () => {
  it.each([402, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422, 423, 424, 431, 451])(
    '%d is sent once',
    async (status) => {
      const { failure, ...end } = await send([{ status, body: '' }, 200]);
      expect(end).toEqual({ status, sent: 1, open: 'closed' });
      expect(failure).toMatchObject({
        code: `Http${status}`,
        verdict: 'terminal',
        source: 'gateway',
      });
    },
  );

  it('400 of a query that ran out of resources is sent once', async () => {
    const step = {
      code: 'BadRequest',
      message:
        'Query execution has exceeded the allowed limits. The query execution was preempted.',
    };
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"Query":"DeviceInfo"}',
    };
    const { sent, failure } = await send([step, 200], { path: '/api/advancedhunting/run', init });
    expect(sent).toBe(1);
    expect(failure).toMatchObject({ verdict: 'terminal' });
    expect(failure?.advice).toBeTruthy();
  });

  it.each([501, 505])(
    '%d is sent once and says nothing of the service’s health',
    async (status) => {
      const { failure, ...end } = await send([{ status, body: '' }, 200]);
      expect(end).toEqual({ status, sent: 1, open: 'closed' });
      expect(failure?.verdict).toBe('terminal');
    },
  );

  it.each([500, 502, 503, 504, 507, 520, 599])(
    '%d is repeated and counts for the circuit',
    async (status) => {
      expect(await send([{ status, body: '' }, 200])).toMatchObject({
        status: 200,
        sent: 2,
        open: 'open',
      });
    },
  );

  it.each([408, 425])('%d is repeated and does not count for the circuit', async (status) => {
    expect(await send([{ status, body: '' }, 200])).toMatchObject({
      status: 200,
      sent: 2,
      open: 'closed',
    });
  });

  it.each([502, 504])(
    '%d of an action is sent once: it may have been carried out',
    async (status) => {
      const { sent, failure } = await send([{ status, action: 'html' }], {
        path: MACHINE,
        init: isolate,
      });
      expect(sent).toBe(1);
      expect(failure).toMatchObject({
        status,
        verdict: 'terminal',
        ambiguous: true,
        source: 'gateway',
      });
      expect(failure?.advice).toContain('may have been carried out');
    },
  );

  it.each<[string, ScriptStep]>([
    ['500 with a page', { status: 500, action: 'html' }],
    ['503 without a body', { status: 503, body: '' }],
    ['504 with Retry-After', { status: 504, body: '', retryAfter: 0 }],
    ['520 of a CDN', { status: 520, action: 'html' }],
    ['522 of a CDN', { status: 522, body: '' }],
    ['524 of a CDN', { status: 524, body: '' }],
    ['598 of a proxy', { status: 598, body: '' }],
    ['599 of a proxy', { status: 599, body: '' }],
  ])('%s of an action is sent once: nothing says that it was not carried out', async (_, step) => {
    const { sent, failure } = await send([step, 201], { path: MACHINE, init: isolate });
    expect(sent).toBe(1);
    expect(failure).toMatchObject({ verdict: 'terminal', ambiguous: true, source: 'gateway' });
    expect(failure?.advice).toContain('may have been carried out');
  });

  it.each<[string, ScriptStep]>([
    ['503 in the service’s own format', { code: 'serviceNotAvailable', status: 503 }],
    ['503 with Retry-After', { status: 503, body: '', retryAfter: 0 }],
    ['520 with Retry-After', { status: 520, body: '', retryAfter: 0 }],
  ])('%s of an action is repeated: it was not carried out', async (_, step) => {
    const steps = [step, { status: 201, body: {} }];
    expect(await send(steps, { path: MACHINE, init: isolate })).toMatchObject({ sent: 2 });
  });

  it.each(['truncate', 'malformed', 'html', 'empty'] as const)(
    '500 with a body that is %s is repeated by its status alone',
    async (action) => {
      expect(await send([{ status: 500, code: 'InternalServerError', action }, 200])).toMatchObject(
        { status: 200, sent: 2 },
      );
    },
  );
});

describe('throttling', () => {
  it.each<[string, ScriptStep]>([
    ['TooManyRequests', { code: 'TooManyRequests', retryAfter: 0 }],
    ['code "429", as the service really sends it', { status: 429, code: '429', retryAfter: 0 }],
    ['an empty 429', { status: 429, body: '' }],
  ])('%s is repeated and does not count for the circuit', async (_what, step) => {
    const { failure, ...end } = await send([step, 200]);
    expect(end).toEqual({ status: 200, sent: 2, open: 'closed' });
    expect(failure).toBeUndefined();
  });

  it('of an action is repeated: it was not processed', async () => {
    const steps = [
      { status: 429, code: '429', retryAfter: 0 },
      { status: 201, body: {} },
    ];
    expect(await send(steps, { path: MACHINE, init: isolate })).toMatchObject({ sent: 2 });
  });

  it('with a wait beyond the most is answered at once', async () => {
    const { status, sent, failure } = await send([{ status: 429, code: '429', retryAfter: 9_999 }]);
    expect({ status, sent }).toEqual({ status: 429, sent: 1 });
    expect(failure).toMatchObject({ code: 'TooManyRequests', retryAfterMs: 9_999_000 });
  });
});

describe('an expired token', () => {
  it('is sent once without refreshToken', async () => {
    expect(await send(['Unauthorized', 200])).toMatchObject({
      status: 401,
      sent: 1,
      open: 'closed',
    });
  });

  it('is renewed once, and the new one is sent', async () => {
    const refreshToken = vi.fn(() => Promise.resolve('fresh'));
    simulator.script('Unauthorized', 200);
    const { fetch } = quick(simulator.url, { refreshToken });
    const response = await fetch(`${simulator.url}/api/incidents`, {
      headers: { authorization: 'Bearer stale', accept: 'application/json' },
    });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(
      simulator.requests.map(({ headers }) => [headers['authorization'], headers['accept']]),
    ).toEqual([
      [redactAuthorization('Bearer stale'), 'application/json'],
      [redactAuthorization('Bearer fresh'), 'application/json'],
    ]);
    expect(refreshToken).toHaveBeenCalledTimes(1);
  });

  it('that stays refused is answered', async () => {
    const refreshToken = (): string => 'fresh';
    const init = { headers: { authorization: 'Bearer stale' } };
    expect(
      await send(['Unauthorized', 'Unauthorized', 200], { init, options: { refreshToken } }),
    ).toMatchObject({ status: 401, sent: 2 });
  });
});

describe('what never was an answer', () => {
  it('a refused connection is repeated, for an action too', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    let retries = 0;
    const resilience = quick(url, {
      observers: [
        {
          call: () => ({
            retry: () => {
              retries += 1;
            },
          }),
        },
      ],
    });
    const error: unknown = await resilience
      .fetch(`${url}${MACHINE}`, isolate)
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(TypeError);
    expect(retries).toBe(3);
    expect(failureOf(error)).toMatchObject({
      code: 'ECONNREFUSED',
      source: 'network',
      verdict: 'retryable',
    });
    expect(failureOf(error)?.ambiguous).toBeUndefined();
    expect(resilience.snapshot().circuits[0]?.failures).toBe(4);
  });

  it.each(['reset', 'reset-headers'] as const)(
    'a %s of a read is repeated and counts for the circuit',
    async (action) => {
      expect(await send([{ action }, 200])).toMatchObject({ status: 200, sent: 2, open: 'open' });
    },
  );

  it('a reset of a hunting query is repeated: it only reads', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"Query":"DeviceInfo | take 1"}',
    };
    expect(
      await send([{ action: 'reset' }, 200], { path: '/api/advancedhunting/run', init }),
    ).toMatchObject({ status: 200, sent: 2 });
  });

  it('a reset of an action is sent once, and the caller gets the very error of the inner fetch', async () => {
    const { sent, failure, status } = await send([{ action: 'reset' }], {
      path: MACHINE,
      init: isolate,
    });
    expect({ sent, status }).toEqual({ sent: 1, status: undefined });
    expect(failure).toMatchObject({ verdict: 'terminal', source: 'network', ambiguous: true });
    expect(failure?.advice).toContain('may have been carried out');
  });

  it('no answer in time is repeated for a read, and not for an action', async () => {
    const options = { attemptTimeoutMs: 500 };
    expect(await send([{ action: 'hang' }, 200], { options })).toMatchObject({
      status: 200,
      sent: 2,
      open: 'open',
    });
    const { sent, failure } = await send([{ action: 'hang' }], {
      path: MACHINE,
      init: isolate,
      options,
    });
    expect(sent).toBe(1);
    expect(failure).toMatchObject({
      code: 'Timeout',
      source: 'timeout',
      verdict: 'terminal',
      ambiguous: true,
    });
  });

  it('the caller’s abort is sent once and rejects with the caller’s own reason', async () => {
    simulator.script({ action: 'hang' });
    const controller = new AbortController();
    const { fetch } = quick(simulator.url);
    const call = fetch(`${simulator.url}/api/incidents`, { signal: controller.signal });
    await vi.waitUntil(() => simulator.requests.length === 1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(failureOf(reason)).toMatchObject({
      code: 'Cancelled',
      source: 'cancelled',
      verdict: 'terminal',
    });
    expect(simulator.requests).toHaveLength(1);
  });
});
