import { createResilience, type ResilienceOptions } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import type { Attributes } from '@opentelemetry/api';
import { metrics } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { type OtelObserverOptions, otelObserver } from '../src/index.ts';
import { newestSdk, sdkVersions, type TestSdk } from './support/sdks.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';
const START = Date.UTC(2026, 0, 1) / 1_000;

afterEach(() => metrics.disable());

/** The series of one metric, without the prefix that all names have. */
async function seriesOf(sdk: TestSdk, name: string): Promise<readonly [Attributes, unknown][]> {
  const metric = (await sdk.metrics()).find(
    ({ descriptor }) => descriptor.name === `defender.client.${name}`,
  );
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]);
}

const failing = (code: string, status: number) => (): Response =>
  Response.json({ error: { code, message: '' } }, { status });
const succeeding = (): Response => Response.json({});

const forbidden = failing('Forbidden', 403);
const list = { 'defender.operation': 'incidents.list' };
const FORBIDDEN = { ...list, 'error.type': 'Forbidden', 'defender.error.class': 'permission' };
const DISABLED = { ...list, 'error.type': 'DisabledFeature', 'defender.error.class': 'permission' };

describe.each(sdkVersions)('with SDK $version', ({ create }) => {
  function measured(
    answers: readonly (() => Response)[],
    otel: OtelObserverOptions = {},
    options: ResilienceOptions = {},
  ) {
    const sdk = create();
    const clock = manualClock();
    const queue = [...answers];
    const resilience = createResilience({
      observers: [otelObserver({ meterProvider: sdk.meterProvider, clock, ...otel })],
      retry: { initialDelayMs: 0, maxDelayMs: 0, maxRetries: 0 },
      clock,
      ...options,
    });
    const inner = resilience.wrapFetch(async () => (queue.shift() ?? succeeding)());
    const fetch = (): Promise<Response> => clock.settle(inner(INCIDENTS));
    return { sdk, clock, resilience, fetch };
  }

  it('counts calls by how they ended, from zero successes on', async () => {
    const { sdk, resilience, fetch } = measured([forbidden, failing('SomethingNew', 418)]);
    await fetch();
    const success = { ...list, 'defender.outcome': 'success' };
    const failed = { ...FORBIDDEN, 'defender.outcome': 'failure' };
    expect(await seriesOf(sdk, 'operations')).toEqual([
      [success, 0],
      [failed, 1],
    ]);
    await fetch();
    await fetch();
    await fetch();
    const signal = AbortSignal.abort();
    await expect(resilience.execute('x', async () => 'x', { signal })).rejects.toThrow('aborted');
    expect(await seriesOf(sdk, 'operations')).toEqual([
      [success, 2],
      [failed, 1],
      [
        {
          ...list,
          'defender.outcome': 'failure',
          'error.type': '418',
          'defender.error.class': 'server',
        },
        1,
      ],
      [{ 'defender.operation': 'x', 'defender.outcome': 'success' }, 0],
      [{ 'defender.operation': 'x', 'defender.outcome': 'cancelled' }, 1],
    ]);
  });

  it('counts attempts by the status of their response, if there was one', async () => {
    const { sdk, resilience, fetch } = measured(
      [failing('InternalServerError', 500)],
      {},
      { retry: { initialDelayMs: 0, maxDelayMs: 0 } },
    );
    await fetch();
    await resilience.execute('x', async () => 'x');
    expect(await seriesOf(sdk, 'attempts')).toEqual([
      [{ ...list, 'http.response.status_code': 500 }, 1],
      [{ ...list, 'http.response.status_code': 200 }, 1],
      [{ 'defender.operation': 'x' }, 1],
    ]);
  });

  it('counts the failures of each error since the operation last succeeded', async () => {
    const { sdk, fetch } = measured([
      succeeding,
      forbidden,
      failing('DisabledFeature', 403),
      forbidden,
      succeeding,
      forbidden,
    ]);
    const failures = () => seriesOf(sdk, 'failures_since_success');
    await fetch();
    expect(await failures()).toEqual([]);
    await fetch();
    await fetch();
    await fetch();
    expect(await failures()).toEqual([
      [FORBIDDEN, 2],
      [DISABLED, 1],
    ]);
    await fetch();
    expect(await failures()).toEqual([
      [FORBIDDEN, 0],
      [DISABLED, 0],
    ]);
    await fetch();
    expect(await failures()).toEqual([
      [FORBIDDEN, 1],
      [DISABLED, 0],
    ]);
  });

  it('changes no state for an aborted call and for an expected status', async () => {
    const { sdk, resilience, fetch } = measured([forbidden, failing('NotFound', 404)], {
      expectedStatuses: [404],
    });
    await fetch();
    await fetch();
    const signal = AbortSignal.abort();
    const aborted = resilience.execute('incidents.list', async () => 'never', { signal });
    await expect(aborted).rejects.toThrow('aborted');
    expect(await seriesOf(sdk, 'failures_since_success')).toEqual([[FORBIDDEN, 1]]);
    expect(await seriesOf(sdk, 'last_error.timestamp')).toHaveLength(1);
    expect(await seriesOf(sdk, 'last_success.timestamp')).toEqual([[list, 0]]);
  });

  it('counts a call that an open circuit refuses as a failure', async () => {
    const { sdk, fetch } = measured(
      [failing('InternalServerError', 500)],
      {},
      { circuit: { minimumAttempts: 1 }, retry: { maxRetries: 0 } },
    );
    await fetch();
    await expect(fetch()).rejects.toThrow('circuit is open');
    await expect(fetch()).rejects.toThrow('circuit is open');
    expect(await seriesOf(sdk, 'failures_since_success')).toContainEqual([
      { ...list, 'error.type': 'circuit_open', 'defender.error.class': 'local' },
      2,
    ]);
  });

  it('shows when an operation last succeeded and failed, and when the observer was made', async () => {
    const { sdk, clock, fetch } = measured([forbidden, succeeding, forbidden]);
    expect(await seriesOf(sdk, 'start_time')).toEqual([[{}, START]]);
    await clock.advance(1_500);
    await fetch();
    expect(await seriesOf(sdk, 'last_success.timestamp')).toEqual([[list, 0]]);
    expect(await seriesOf(sdk, 'last_error.timestamp')).toEqual([[FORBIDDEN, START + 1.5]]);
    await clock.advance(1_000);
    await fetch();
    await clock.advance(1_000);
    await fetch();
    expect(await seriesOf(sdk, 'last_success.timestamp')).toEqual([[list, START + 2.5]]);
    expect(await seriesOf(sdk, 'last_error.timestamp')).toEqual([[FORBIDDEN, START + 3.5]]);
    expect(await seriesOf(sdk, 'start_time')).toEqual([[{}, START]]);
  });

  it('is shared by observers with the same constantAttributes, and only by these', async () => {
    const sdk = create();
    const { meterProvider } = sdk;
    const call = { operation: 'any', client: 'function', quotaGroup: 'any' } as const;
    for (const tenant of ['contoso', 'fabrikam', 'contoso']) {
      const observer = otelObserver({ meterProvider, constantAttributes: { tenant } });
      observer.call?.(call)?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    }
    const success = { 'defender.operation': 'any', 'defender.outcome': 'success' };
    expect(await seriesOf(sdk, 'operations')).toEqual([
      [{ ...success, tenant: 'contoso' }, 2],
      [{ ...success, tenant: 'fabrikam' }, 1],
    ]);
  });

  it('has constantAttributes on every metric and every span', async () => {
    const tracing = create();
    const { sdk, fetch } = measured(
      [failing('InternalServerError', 500), forbidden],
      { constantAttributes: { tenant: 'contoso' }, tracerProvider: tracing.tracerProvider },
      { quota: 'documented', retry: { initialDelayMs: 0, maxDelayMs: 0 } },
    );
    await fetch();
    for (const { descriptor, dataPoints } of await sdk.metrics()) {
      for (const { attributes } of dataPoints) {
        expect(attributes, descriptor.name).toMatchObject({ tenant: 'contoso' });
      }
    }
    expect(tracing.spans().map(({ attributes }) => attributes['tenant'])).toEqual([
      'contoso',
      'contoso',
      'contoso',
    ]);
  });
});

it('bounds the operations, and the statuses of each', async () => {
  const sdk = newestSdk.create();
  const observer = otelObserver({ meterProvider: sdk.meterProvider });
  const call = { client: 'function', quotaGroup: 'any' } as const;
  for (let index = 0; index < 300; index += 1) {
    const observed = observer.call?.({ ...call, operation: `operation-${index}` });
    observed?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
  }
  const observed = observer.call?.({ ...call, operation: 'operation-0' });
  for (let status = 100; status < 600; status += 1) {
    observed?.attempt?.({ attempt: 1, delayMs: 0 })?.end?.({ attempt: 1, durationMs: 1, status });
  }
  observed?.attempt?.({ attempt: 1, delayMs: 0 })?.end?.({ attempt: 1, durationMs: 1 });

  expect(await seriesOf(sdk, 'operations')).toHaveLength(201);
  expect(await seriesOf(sdk, 'last_success.timestamp')).toHaveLength(201);
  const attempts = await seriesOf(sdk, 'attempts');
  // 40 statuses, 200, 300, 400 and 500 for the rarer ones, and no status.
  expect(attempts.length).toBeLessThanOrEqual(46);
  expect(attempts.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(501);
  expect(attempts).toContainEqual([
    { 'defender.operation': 'operation-0', 'http.response.status_code': 500 },
    100,
  ]);
});

it('exports the start time of an observer that makes no calls', async () => {
  const sdk = newestSdk.create();
  metrics.setGlobalMeterProvider(sdk.meterProvider);
  const observer = otelObserver({ clock: manualClock() });
  expect(await seriesOf(sdk, 'start_time')).toEqual([[{}, START]]);
  expect(observer).toBeDefined();
});
