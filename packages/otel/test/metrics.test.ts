import type { CircuitState } from '@defender-resilience/core';
import { createResilience, type ResilienceOptions } from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { type OtelObserverOptions, otelObserver } from '../src/index.ts';
import { instrumentTable } from '../src/instruments.ts';
import { assertDocumented } from './support/assert-span.ts';
import { type CollectedMetric, newestSdk, sdkVersions, type TestSdk } from './support/sdks.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';

/** A metric's series: its attributes and, of a histogram, the sum of what it holds. */
async function seriesOf(sdk: TestSdk, name: string): Promise<readonly [Attributes, unknown][]> {
  const metric = (await sdk.metrics()).find(({ descriptor }) => descriptor.name === name);
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => [attributes, value]);
}

const failing = (code: string, status: number): Response =>
  Response.json({ error: { code, message: '', target: 't' } }, { status });

describe.each(sdkVersions)('with SDK $version', ({ create }) => {
  function traced(
    answers: readonly (() => Response)[],
    options: ResilienceOptions = {},
    otel: OtelObserverOptions = {},
  ) {
    const sdk = create();
    const { tracerProvider, meterProvider } = sdk;
    const queue = [...answers];
    const resilience = createResilience({
      observers: [otelObserver({ tracerProvider, meterProvider, ...otel })],
      retry: { initialDelayMs: 0, maxDelayMs: 0 },
      ...options,
    });
    const fetch = resilience.wrapFetch(async () => (queue.shift() ?? (() => Response.json({})))());
    return { sdk, resilience, fetch };
  }

  it('measures a call with all its attempts, in seconds', async () => {
    const { sdk, fetch } = traced([() => failing('InternalServerError', 500)]);
    await fetch(INCIDENTS);
    await fetch(INCIDENTS);

    const [[attributes, value] = []] = await seriesOf(sdk, 'defender.client.operation.duration');
    expect(attributes).toEqual({
      'defender.operation': 'incidents.list',
      'defender.outcome': 'success',
    });
    expect(value).toMatchObject({
      count: 2,
      buckets: { boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180] },
    });
  });

  it('counts a failed call by its error and the class of it', async () => {
    const { sdk, fetch } = traced([
      () => failing('Forbidden', 403),
      () => failing('Forbidden', 403),
      () => failing('SomethingNew', 418),
    ]);
    for (let index = 0; index < 3; index += 1) await fetch(INCIDENTS);

    expect(await seriesOf(sdk, 'defender.client.errors')).toEqual([
      [{ 'error.type': 'Forbidden', 'defender.error.class': 'permission' }, 2],
      [{ 'error.type': '418', 'defender.error.class': 'server' }, 1],
    ]);
    const durations = await seriesOf(sdk, 'defender.client.operation.duration');
    expect(durations.map(([attributes]) => attributes)).toEqual([
      {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'failure',
        'error.type': 'Forbidden',
      },
      {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'failure',
        'error.type': '418',
      },
    ]);
  });

  it('gives spans and metrics the same error.type', async () => {
    const { sdk, fetch } = traced([() => failing('SomethingNew', 418)]);
    await fetch(INCIDENTS);
    const [[attributes] = []] = await seriesOf(sdk, 'defender.client.errors');
    const types = sdk.spans().map((span) => span.attributes['error.type']);
    expect(types).toEqual(['418', '418']);
    expect(attributes?.['error.type']).toBe('418');
  });

  it('counts retries by operation and by what they retry', async () => {
    const { sdk, fetch } = traced([
      () => failing('InternalServerError', 500),
      () => new Response('', { status: 503 }),
    ]);
    await fetch(INCIDENTS);
    expect(await seriesOf(sdk, 'defender.client.retries')).toEqual([
      [
        { 'defender.operation': 'incidents.list', 'defender.retry.reason': 'InternalServerError' },
        1,
      ],
      [{ 'defender.operation': 'incidents.list', 'defender.retry.reason': '503' }, 1],
    ]);
  });

  it('shows how many calls are in progress', async () => {
    const { sdk, resilience } = traced([]);
    const release = Promise.withResolvers<void>();
    const calls = [1, 2].map(() => resilience.execute('nightly.export', () => release.promise));
    const active = 'defender.client.operations.in_flight';
    const operation = { 'defender.operation': 'nightly.export' };
    expect(await seriesOf(sdk, active)).toEqual([[operation, 2]]);
    release.resolve();
    await Promise.all(calls);
    expect(await seriesOf(sdk, active)).toEqual([[operation, 0]]);
  });

  it('adds up the calls in progress of several observers of one provider', async () => {
    const { sdk, resilience } = traced([]);
    const { meterProvider } = sdk;
    const other = createResilience({ observers: [otelObserver({ meterProvider })] });
    const release = Promise.withResolvers<void>();
    const calls = [resilience, other].map(({ execute }) =>
      execute('nightly.export', () => release.promise),
    );
    const active = 'defender.client.operations.in_flight';
    const operation = { 'defender.operation': 'nightly.export' };
    expect(await seriesOf(sdk, active)).toEqual([[operation, 2]]);
    release.resolve();
    await Promise.all(calls);
    expect(await seriesOf(sdk, active)).toEqual([[operation, 0]]);
  });

  it('counts no error for a call that the caller aborted', async () => {
    const { sdk, resilience } = traced([]);
    const signal = AbortSignal.abort();
    await expect(resilience.execute('x', async () => 'x', { signal })).rejects.toThrow('aborted');
    expect(await seriesOf(sdk, 'defender.client.errors')).toEqual([]);
    const [[attributes] = []] = await seriesOf(sdk, 'defender.client.operation.duration');
    expect(attributes).toEqual({ 'defender.operation': 'x', 'defender.outcome': 'cancelled' });
  });

  it('shows the state of a circuit from its first call on, and counts its changes', async () => {
    const { sdk, resilience } = traced([], {
      circuit: { minimumAttempts: 1 },
      retry: { maxRetries: 0 },
    });
    const answer = Promise.withResolvers<Response>();
    const fetch = resilience.wrapFetch(() => answer.promise);
    const circuit = {
      'defender.circuit': 'api.security.microsoft.com incidents.list',
      'defender.operation': 'incidents.list',
    };
    const state = 'defender.client.circuit.state';
    const transitions = 'defender.client.circuit.transitions';
    expect(await seriesOf(sdk, state)).toEqual([]);
    const first = fetch(INCIDENTS);
    expect(await seriesOf(sdk, state)).toEqual([
      [{ ...circuit, 'defender.circuit.state': 'closed' }, 1],
      [{ ...circuit, 'defender.circuit.state': 'open' }, 0],
      [{ ...circuit, 'defender.circuit.state': 'half_open' }, 0],
    ]);
    expect((await seriesOf(sdk, transitions)).map(([, value]) => value)).toEqual([0, 0, 0]);
    answer.resolve(failing('InternalServerError', 500));
    await first;
    expect((await seriesOf(sdk, state)).map(([, value]) => value)).toEqual([0, 1, 0]);
    expect(await seriesOf(sdk, transitions)).toEqual([
      [{ ...circuit, 'defender.circuit.to': 'closed' }, 0],
      [{ ...circuit, 'defender.circuit.to': 'open' }, 1],
      [{ ...circuit, 'defender.circuit.to': 'half_open' }, 0],
    ]);
  });

  it('has at most `maxOperations` operations', async () => {
    const { sdk, resilience } = traced([], {}, { maxOperations: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'a']) await resilience.execute(name, async () => name);
    const series = await seriesOf(sdk, 'defender.client.operation.duration');
    expect(series.map(([attributes, value]) => [attributes['defender.operation'], value])).toEqual([
      ['a', expect.objectContaining({ count: 2 })],
      ['b', expect.objectContaining({ count: 1 })],
      ['_OTHER', expect.objectContaining({ count: 2 })],
    ]);
  });

  it('emits the metrics of its table and their attributes, and no others', async () => {
    const { sdk, fetch } = traced(
      [
        () => failing('InternalServerError', 500),
        () => failing('InternalServerError', 500),
        () => Response.json({}),
      ],
      {
        circuit: { minimumAttempts: 2 },
        quota: 'documented',
        retry: { initialDelayMs: 0, maxDelayMs: 0, maxRetries: 1 },
      },
    );
    await fetch(INCIDENTS);
    const emitted = await sdk.metrics();
    for (const metric of emitted) assertMetric(metric);
    expect(emitted.map(({ descriptor }) => descriptor.name).toSorted()).toEqual(
      instrumentTable.map(({ name }) => name).toSorted(),
    );
  });
});

function assertMetric({ descriptor, dataPoints }: CollectedMetric): void {
  const row = instrumentTable.find(({ name }) => name === descriptor.name);
  expect(descriptor).toMatchObject({ unit: row?.unit, description: row?.description });
  expect(dataPoints.length).toBeGreaterThan(0);
  for (const { attributes } of dataPoints) {
    assertDocumented(attributes, 'metric');
    expect(row?.attributes).toEqual(expect.arrayContaining(Object.keys(attributes)));
  }
}

describe('circuits', () => {
  it('are 100 at most, and those go on changing', async () => {
    const sdk = newestSdk.create();
    const { meterProvider } = sdk;
    const observer = otelObserver({ meterProvider });
    const change = (index: number, from: CircuitState, to: CircuitState): void =>
      observer.circuit?.({ circuit: `${index}`, operation: 'any', from, to });
    for (let index = 0; index < 150; index += 1) change(index, 'closed', 'open');
    change(99, 'open', 'half-open');
    change(100, 'open', 'half-open');

    const series = await seriesOf(sdk, 'defender.client.circuit.state');
    const current = series.filter(([, value]) => value === 1).map(([attributes]) => attributes);
    expect(current).toHaveLength(100);
    expect(current.at(-1)).toEqual({
      'defender.circuit': '99',
      'defender.operation': 'any',
      'defender.circuit.state': 'half_open',
    });
  });
});
