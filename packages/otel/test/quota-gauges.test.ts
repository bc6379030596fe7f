import { createResilience, type QuotaState, type ReadQuotas } from '@defender-resilience/core';
import { type Attributes, metrics } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { promObserver } from '../../prom/src/index.ts';
import { otelObserver } from '../src/index.ts';
import { newestSdk, sdkVersions, type TestSdk } from './support/sdks.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';

const LIMIT = 'defender.client.quota.limit';
const USED = 'defender.client.quota.used';
const WAITING = 'defender.client.quota.waiting';

afterEach(() => metrics.disable());

/** The series of the quota gauges, by metric. */
async function quotasIn(sdk: TestSdk): Promise<Record<string, [Attributes, unknown][]>> {
  const shown = (await sdk.metrics()).filter(({ descriptor }) =>
    descriptor.name.includes('.quota.'),
  );
  return Object.fromEntries(
    shown.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.map(({ attributes, value }) => [attributes, value]),
    ]),
  );
}

const state = (group: string, used: number, limit = 50): QuotaState => ({
  group,
  windows: [{ per: 'minute', limit, used, remaining: limit - used }],
  waiting: 0,
  pausedForMs: 0,
  nextFreeMs: 0,
  counting: 'local',
});

const minute = (group: string) => ({
  'defender.quota.group': group,
  'defender.quota.per': 'minute',
});
const hour = (group: string) => ({ 'defender.quota.group': group, 'defender.quota.per': 'hour' });

const answering = async (): Promise<Response> => Response.json({});

describe.each(sdkVersions)('with SDK $version', ({ create }) => {
  it('shows how full the quotas are at each export, by group and window', async () => {
    const sdk = create();
    const { fetch } = wrapperOf(sdk, { incidents: { perMinute: 50, perHour: 1_500 } });
    await fetch(INCIDENTS);
    await fetch(INCIDENTS);
    expect(await quotasIn(sdk)).toEqual({
      [LIMIT]: [
        [minute('incidents'), 50],
        [hour('incidents'), 1_500],
      ],
      [USED]: [
        [minute('incidents'), 2],
        [hour('incidents'), 2],
      ],
      [WAITING]: [[{ 'defender.quota.group': 'incidents' }, 0]],
    });

    await fetch(INCIDENTS);
    expect((await quotasIn(sdk))[USED]?.[0]).toEqual([minute('incidents'), 3]);
  });

  it('shows how many calls wait for their turn', async () => {
    const sdk = create();
    const { fetch } = wrapperOf(sdk, { incidents: { perMinute: 1 } });
    await fetch(INCIDENTS);
    const stop = new AbortController();
    const waiting = [1, 2, 3].map(() => fetch(INCIDENTS, { signal: stop.signal }));
    expect((await quotasIn(sdk))[WAITING]).toEqual([[{ 'defender.quota.group': 'incidents' }, 3]]);

    stop.abort();
    await Promise.allSettled(waiting);
    expect((await quotasIn(sdk))[WAITING]).toEqual([[{ 'defender.quota.group': 'incidents' }, 0]]);
  });

  it('shows nothing of quotas where none are in use', async () => {
    const sdk = create();
    const { meterProvider } = sdk;
    const { wrapFetch } = createResilience({ observers: [otelObserver({ meterProvider })] });
    await wrapFetch(answering)(INCIDENTS);
    expect(await quotasIn(sdk)).toEqual({});
  });

  it('exports all else when the quotas of one wrapper cannot be read', async () => {
    const sdk = create();
    const observer = otelObserver({ meterProvider: sdk.meterProvider });
    observer.quotas?.(() => {
      throw new Error('unreadable');
    });
    observer.quotas?.(() => [state('incidents', 7)]);
    observer.call?.({ operation: 'any', client: 'function', quotaGroup: 'other' });

    expect((await quotasIn(sdk))[USED]).toEqual([[minute('incidents'), 7]]);
    const names = (await sdk.metrics()).map(({ descriptor }) => descriptor.name);
    expect(names).toContain('defender.client.operations.in_flight');
  });

  it('has at most 50 groups, and shows the fullest of the others', async () => {
    const sdk = create();
    const states = Array.from({ length: 53 }, (_, index) => state(`group-${index}`, index));
    otelObserver({ meterProvider: sdk.meterProvider }).quotas?.(() => states);
    const used = (await quotasIn(sdk))[USED];
    expect(used).toHaveLength(51);
    expect(used?.[49]).toEqual([minute('group-49'), 49]);
    expect(used?.[50]).toEqual([minute('_OTHER'), 52]);
    expect((await quotasIn(sdk))[LIMIT]?.[50]).toEqual([minute('_OTHER'), 50]);
  });

  it('shows the fullest quota of several wrappers, and does not add up their limits', async () => {
    const sdk = create();
    for (const calls of [1, 2]) {
      const { fetch } = wrapperOf(sdk, { incidents: { perMinute: 50 } });
      for (let index = 0; index < calls; index += 1) await fetch(INCIDENTS);
    }
    expect(await quotasIn(sdk)).toMatchObject({
      [LIMIT]: [[minute('incidents'), 50]],
      [USED]: [[minute('incidents'), 2]],
    });
  });
});

it('shows the same as promObserver for several wrappers in one process', async () => {
  const sdk = newestSdk.create();
  const { register } = promObserver({ exemplars: false });
  const limits = { incidents: { perMinute: 50 }, machines: { perMinute: 40 } };
  for (const calls of [1, 3, 2]) {
    const observers = [
      otelObserver({ meterProvider: sdk.meterProvider }),
      promObserver({ register, exemplars: false }),
    ];
    const { wrapFetch } = createResilience({ observers, quota: { groups: limits } });
    const fetch = wrapFetch(answering);
    for (let index = 0; index < calls; index += 1) {
      await fetch(INCIDENTS);
      await fetch(INCIDENTS.replace('incidents', 'machines'));
    }
  }
  const scraped = await register.metrics();
  const quotas = await quotasIn(sdk);
  for (const [metric, name] of [
    [LIMIT, 'defender_client_quota_limit'],
    [USED, 'defender_client_quota_used'],
  ] as const) {
    const own = quotas[metric]?.map(([attributes, value]) => {
      const { 'defender.quota.group': group, 'defender.quota.per': per } = attributes;
      return `${name}{quota_group="${group}",per="${per}"} ${value}`;
    });
    expect(own).toHaveLength(2);
    expect(scraped.split('\n').filter((line) => line.startsWith(`${name}{`))).toEqual(own);
  }
});

it('counts a wrapper once that has two observers', async () => {
  const sdk = newestSdk.create();
  const { meterProvider } = sdk;
  const read: ReadQuotas = () => [state('incidents', 7)];
  const observer = otelObserver({ meterProvider });
  for (const each of [observer, observer, otelObserver({ meterProvider })]) each.quotas?.(read);
  expect((await quotasIn(sdk))[USED]).toEqual([[minute('incidents'), 7]]);
});

it('shows the quotas of a wrapper that was made before the SDK was registered', async () => {
  const sdk = newestSdk.create();
  const { wrapFetch } = createResilience({
    observers: [otelObserver()],
    quota: { groups: { incidents: { perMinute: 50 } } },
  });
  metrics.setGlobalMeterProvider(sdk.meterProvider);
  await wrapFetch(answering)(INCIDENTS);
  expect((await quotasIn(sdk))[USED]).toEqual([[minute('incidents'), 1]]);
});

it('reads 1,000 wrappers at most', async () => {
  const sdk = newestSdk.create();
  const observer = otelObserver({ meterProvider: sdk.meterProvider });
  for (let index = 0; index < 1_500; index += 1)
    observer.quotas?.(() => [{ ...state('incidents', 1), waiting: 1 }]);
  const waiting = (await quotasIn(sdk))[WAITING];
  expect(waiting).toEqual([[{ 'defender.quota.group': 'incidents' }, 1_000]]);
});

function wrapperOf(
  { meterProvider }: TestSdk,
  groups: Readonly<Record<string, { perMinute: number; perHour?: number }>>,
) {
  const observers = [otelObserver({ meterProvider })];
  const fetch = createResilience({ observers, quota: { groups } }).wrapFetch(answering);
  return { fetch };
}
