import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { assertSpan, childrenOf, spanNamed } from './support/assert-span.ts';
import { startBench } from './support/bench.ts';
import { withAsyncContext } from './support/context.ts';
import { newestSdk, sdkVersions } from './support/sdks.ts';

withAsyncContext();

const LIST = '/api/incidents';
const ISOLATE = '/api/machines/0a3a1a1dfdd3c0f1c2f54f76b9f0f1c3a9bd4f07/isolate';

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server that listens has no other kind.
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe.each(sdkVersions)('with SDK $version', (sdk) => {
  it('traces a call that an open circuit refuses without a CLIENT child', async () => {
    await using bench = await startBench({
      sdk,
      resilience: { circuit: { minimumAttempts: 1 }, retry: { maxRetries: 0 } },
    });
    const { simulator, resilience } = bench;
    simulator.script('InternalServerError');
    await (await resilience.fetch(simulator.url + LIST)).text();
    const before = bench.sdk.spans().length;
    await expect(resilience.fetch(simulator.url + LIST)).rejects.toThrow('circuit is open');

    const refused = bench.sdk.spans().slice(before);
    expect(refused).toHaveLength(1);
    assertSpan(refused[0], {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'rejected',
        'defender.attempts': 0,
        'defender.give_up_reason': 'circuit-open',
        'error.type': 'circuit_open',
        'defender.error.code': 'CircuitOpen',
      },
    });
  });

  it('says of an ambiguous end that the request may have been carried out', async () => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script('reset-headers');
    const init = { method: 'POST', body: JSON.stringify({ Comment: 'c', IsolationType: 'Full' }) };
    await expect(resilience.fetch(simulator.url + ISOLATE, init)).rejects.toThrow('fetch failed');

    const spans = bench.sdk.spans();
    const failed = {
      'defender.operation': 'machines.isolate',
      'error.type': 'ECONNRESET',
      'defender.error.code': 'ECONNRESET',
      'defender.ambiguous': true,
    };
    const call = assertSpan(spanNamed(spans, 'defender machines.isolate'), {
      name: 'defender machines.isolate',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        ...failed,
        'defender.outcome': 'failure',
        'defender.attempts': 1,
        'defender.give_up_reason': 'not-replayable',
      },
    });
    expect(childrenOf(spans, call)).toHaveLength(1);
    assertSpan(childrenOf(spans, call)[0], {
      name: 'POST /api/machines/{id}/isolate',
      kind: 'CLIENT',
      status: 'ERROR',
      parent: call,
      attributes: {
        ...failed,
        'http.request.method': 'POST',
        ...bench.server,
        'url.full': simulator.url + ISOLATE,
        'url.template': '/api/machines/{id}/isolate',
        'defender.attempt': 1,
      },
    });
  });

  it('names a network error by its Node code', async () => {
    await using bench = await startBench({ sdk, resilience: { retry: { maxRetries: 1 } } });
    const url = `${await deadUrl()}/some/where`;
    await expect(bench.resilience.fetch(url)).rejects.toThrow('fetch failed');

    const [first, second, call] = bench.sdk.spans();
    assertSpan(call, {
      name: 'defender 127.0.0.1',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': '127.0.0.1',
        'defender.outcome': 'failure',
        'defender.attempts': 2,
        'defender.give_up_reason': 'retries-exhausted',
        'error.type': 'ECONNREFUSED',
        'defender.error.code': 'ECONNREFUSED',
      },
    });
    for (const attempt of [first, second]) {
      expect(attempt).toMatchObject({ name: 'GET', kind: 2, status: { code: 2 } });
      expect(attempt?.attributes).toMatchObject({
        'error.type': 'ECONNREFUSED',
        'defender.error.code': 'ECONNREFUSED',
        'server.port': Number(new URL(url).port),
      });
      expect(attempt?.attributes).not.toHaveProperty('url.template');
      expect(attempt?.attributes).not.toHaveProperty('http.response.status_code');
    }
  });

  it('marks neither call nor attempt as an error when the caller aborts', async () => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script('hang');
    const controller = new AbortController();
    const reason = new Error('the user left');
    const inFlight = resilience.fetch(simulator.url + LIST, { signal: controller.signal });
    await expect.poll(() => simulator.requests.length).toBe(1);
    controller.abort(reason);
    await expect(inFlight).rejects.toBe(reason);

    const spans = bench.sdk.spans();
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'cancelled',
        'defender.attempts': 1,
        'defender.give_up_reason': 'cancelled',
      },
    });
    assertSpan(spanNamed(spans, `GET ${LIST}`), {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      parent: call,
      attributes: {
        'http.request.method': 'GET',
        ...bench.server,
        'url.full': simulator.url + LIST,
        'url.template': LIST,
        'defender.operation': 'incidents.list',
        'defender.attempt': 1,
      },
    });
  });
});

describe('in virtual time', () => {
  function virtual() {
    const sdk = newestSdk.create();
    const { tracerProvider, meterProvider } = sdk;
    const clock = manualClock();
    const observers = [otelObserver({ tracerProvider, meterProvider })];
    return { sdk, clock, resilience: createResilience({ clock, random: () => 0.5, observers }) };
  }

  const tooMany = (seconds: number): Response =>
    Response.json(
      { error: { code: '429', message: 'quota', target: 'tracking-429' } },
      { status: 429, headers: { 'retry-after': String(seconds) } },
    );
  const incidents = 'https://api.security.microsoft.com/api/incidents';

  it('names an attempt that got no answer a timeout', async () => {
    const { sdk, clock, resilience } = virtual();
    const hang = resilience.execute(
      'nightly.export',
      ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      { idempotent: false, attemptTimeoutMs: 5_000 },
    );
    await expect(clock.settle(hang)).rejects.toThrow('got no answer within 5 s');

    const [attempt, call] = sdk.spans();
    const failed = {
      'defender.operation': 'nightly.export',
      'error.type': 'timeout',
      'defender.error.code': 'Timeout',
      'defender.ambiguous': true,
    };
    assertSpan(call, {
      name: 'defender nightly.export',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        ...failed,
        'defender.outcome': 'failure',
        'defender.attempts': 1,
        'defender.give_up_reason': 'not-replayable',
      },
    });
    assertSpan(attempt, {
      name: 'defender nightly.export attempt',
      kind: 'INTERNAL',
      status: 'ERROR',
      ...(call && { parent: call }),
      attributes: { ...failed, 'defender.attempt': 1 },
    });
  });

  it('tells how long a retry waited and a call was held after a 429', async () => {
    const { sdk, clock, resilience } = virtual();
    const answers = [tooMany(8), Response.json({}), Response.json({})];
    const fetch = resilience.wrapFetch(async () => answers.shift() ?? Response.error());
    const first = fetch(incidents);
    await clock.advance(1_000);
    const second = fetch(incidents);
    await clock.settle(Promise.all([first, second]));

    const retried = sdk.spans().find(({ attributes }) => attributes['defender.attempt'] === 2);
    expect(retried?.attributes).toMatchObject({
      'defender.retry.delay_ms': 8_400,
      'defender.retry.reason': 'TooManyRequests',
      'defender.retry.source': 'retry-after',
    });
    const held = sdk
      .spans()
      .find(
        ({ attributes }) =>
          'defender.throttle.delay_ms' in attributes && attributes !== retried?.attributes,
      );
    expect(held?.attributes).toMatchObject({
      'defender.attempt': 1,
      'defender.throttle.delay_ms': 7_400,
      'http.response.status_code': 200,
    });
  });

  it('names a call that the throttle gate refuses rate limited, without a child', async () => {
    const { sdk, clock, resilience } = virtual();
    const fetch = resilience.wrapFetch(async () => tooMany(170));
    const first = fetch(incidents);
    await clock.advance(0);
    const second = resilience.execute('incidents.list', async () => 'never', {
      host: 'api.security.microsoft.com',
      deadlineMs: 60_000,
    });
    await expect(clock.settle(second)).rejects.toThrow('its quota is paused');

    const [refused] = sdk.spans().filter(({ attributes }) => 'defender.outcome' in attributes);
    assertSpan(refused, {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'rejected',
        'defender.attempts': 0,
        'defender.give_up_reason': 'throttled',
        'error.type': 'rate_limited',
        'defender.error.code': 'Throttled',
      },
    });
    await clock.settle(first);
  });

  it('marks a call as cancelled that was aborted while it waited for its retry', async () => {
    const { sdk, clock, resilience } = virtual();
    const controller = new AbortController();
    const fetch = resilience.wrapFetch(async () => tooMany(60));
    const call = fetch(incidents, { signal: controller.signal });
    await clock.advance(1_000);
    controller.abort();
    await expect(clock.settle(call)).rejects.toThrow('aborted');

    const [, ended] = sdk.spans();
    expect(ended).toMatchObject({ name: 'defender incidents.list', status: { code: 0 } });
    expect(ended?.attributes).not.toHaveProperty('error.type');
    expect(ended?.attributes).toMatchObject({ 'defender.outcome': 'cancelled' });
  });
});
