import { createResilience, type Resilience } from '@defender-resilience/core';
import { type ManualClock, manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { assertSpan } from './support/assert-span.ts';
import { sdkVersions, type TestSdk } from './support/sdks.ts';

describe.each(sdkVersions)('in virtual time with SDK $version', ({ create }) => {
  function virtual(): { sdk: TestSdk; clock: ManualClock; resilience: Resilience } {
    const sdk = create();
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
    await expect(clock.settle(hang)).rejects.toThrow('got no response within 5 s');

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

  it('shows how long a retry waited and a call was delayed after a 429', async () => {
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
