import { createResilience, type QuotaState } from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type PromObserver, type PromObserverOptions, promObserver } from '../src/index.ts';
import { call } from './support/drive.ts';
import { lines } from './support/exposition.ts';

let register: Registry;

beforeEach(() => {
  register = new Registry();
});

const observerWith = (options: PromObserverOptions = {}): PromObserver =>
  promObserver({ register, exemplars: false, ...options });

/** Every series of the quotas, those at zero included. */
async function shown(): Promise<Readonly<Record<string, number>>> {
  const ours = lines(await register.metrics()).filter(({ series }) => series.includes('_quota_'));
  return Object.fromEntries(
    ours.map(({ series, value }) => [series.replace('defender_client_quota_', ''), value]),
  );
}

function quota(used: number, rest: Partial<QuotaState> = {}): QuotaState {
  return {
    group: 'incidents',
    windows: [{ per: 'minute', limit: 50, used, remaining: 50 - used }],
    waiting: 0,
    pausedForMs: 0,
    nextFreeMs: 0,
    counting: 'local',
    ...rest,
  };
}

const UNCHANGED = {
  'limit_changes_total{quota_group="incidents",reason="announced"}': 0,
  'limit_changes_total{quota_group="incidents",reason="throttled"}': 0,
  'limit_changes_total{quota_group="incidents",reason="recovered"}': 0,
};

describe('the quotas of a wrapper', () => {
  it('are shown as they are at the scrape', async () => {
    const clock = manualClock();
    const observer = observerWith();
    const resilience = createResilience({
      clock,
      observers: [observer],
      quota: { groups: { incidents: { perMinute: 2, perHour: 30 } } },
    });
    const calls = [1, 2, 3].map(() => resilience.execute('incidents.list', async () => 'done'));
    await clock.advance(0);
    expect(await shown()).toEqual({
      'limit{quota_group="incidents",per="minute"}': 2,
      'limit{quota_group="incidents",per="hour"}': 30,
      'used{quota_group="incidents",per="minute"}': 2,
      'used{quota_group="incidents",per="hour"}': 2,
      'waiting{quota_group="incidents"}': 1,
      'next_free_seconds{quota_group="incidents"}': 60,
      ...UNCHANGED,
    });
    expect(lines(await register.metrics())).toContainEqual({
      series: 'defender_client_throttle_waits_total{quota_group="incidents",reason="quota"}',
      value: 1,
    });
    await clock.settle(Promise.all(calls));
    expect(await shown()).toMatchObject({
      'used{quota_group="incidents",per="minute"}': 1,
      'used{quota_group="incidents",per="hour"}': 3,
      'waiting{quota_group="incidents"}': 0,
      'next_free_seconds{quota_group="incidents"}': 0,
    });
  });

  it('have no series where quotas are off', async () => {
    const clock = manualClock();
    const resilience = createResilience({ clock, observers: [observerWith()] });
    await resilience.execute('incidents.list', async () => 'done');
    expect(await shown()).toEqual({});
  });

  it('have no series for a group that is not counted', async () => {
    const clock = manualClock();
    const groups = { incidents: false } as const;
    const resilience = createResilience({ clock, observers: [observerWith()], quota: { groups } });
    await resilience.execute('incidents.list', async () => 'done');
    expect(await shown()).toEqual({});
  });

  it('show the running time of queries against its limit, in seconds', async () => {
    const runningTime = { usedMs: 90_500, limitMs: 600_000 };
    observerWith().quotas?.(() => [quota(1, { windows: [], runningTime })]);
    expect(await shown()).toEqual({
      'waiting{quota_group="incidents"}': 0,
      'next_free_seconds{quota_group="incidents"}': 0,
      'running_time_seconds{quota_group="incidents"}': 90.5,
      'running_time_limit_seconds{quota_group="incidents"}': 600,
      ...UNCHANGED,
    });
  });

  it('are absent again when nobody tells of them any more', async () => {
    let states = [quota(1), quota(2, { group: 'alerts', counting: 'shared' })];
    observerWith().quotas?.(() => states);
    expect(await shown()).toMatchObject({ 'waiting{quota_group="alerts"}': 0, store_up: 1 });
    states = [quota(1)];
    const rest = Object.keys(await shown());
    expect(rest).toContain('waiting{quota_group="incidents"}');
    expect(rest).not.toContain('waiting{quota_group="alerts"}');
    expect(rest).not.toContain('store_up');
  });

  it('are read once at each scrape, whatever has been shown before', async () => {
    const read = vi.fn(() => [quota(read.mock.calls.length)]);
    observerWith().quotas?.(read);
    await register.metrics();
    expect(await shown()).toMatchObject({ 'used{quota_group="incidents",per="minute"}': 2 });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('that cannot be read leave the scrape whole', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const observer = observerWith();
    observer.quotas?.(() => {
      throw new RangeError('secret');
    });
    observer.quotas?.(() => [quota(7)]);
    expect(await shown()).toMatchObject({ 'used{quota_group="incidents",per="minute"}': 7 });
    expect(warned.mock.calls).toEqual([
      ['The quotas of a wrapper could not be read: RangeError', expect.anything()],
    ]);
    warned.mockRestore();
  });
});

describe('a corrected limit', () => {
  it('is counted by its reason, from zero on', async () => {
    const observer = observerWith();
    observer.quotas?.(() => [quota(1)]);
    expect(await shown()).toMatchObject(UNCHANGED);
    const change = { kind: 'limit', group: 'incidents', per: 'minute', from: 50, to: 40 } as const;
    observer.quota?.({ ...change, reason: 'throttled' });
    observer.quota?.({ ...change, reason: 'throttled' });
    observer.quota?.({ ...change, reason: 'recovered' });
    expect(await shown()).toMatchObject({
      'limit_changes_total{quota_group="incidents",reason="announced"}': 0,
      'limit_changes_total{quota_group="incidents",reason="throttled"}': 2,
      'limit_changes_total{quota_group="incidents",reason="recovered"}': 1,
    });
  });

  it('is no change of the store', async () => {
    observerWith().quota?.({ kind: 'store', state: 'lost' });
    expect(await shown()).toEqual({});
  });
});

describe('the store of a shared limiter', () => {
  it.each([
    ['is up while it counts', ['shared', 'local'], { store_up: 1 }],
    ['is not while one group goes on with its share', ['shared', 'fallback'], { store_up: 0 }],
    ['is none where each process counts alone', ['local'], {}],
  ] as const)('%s', async (_, countings, expected) => {
    observerWith().quotas?.(() => countings.map((counting) => quota(1, { counting })));
    const store = Object.entries(await shown()).filter(([series]) => series === 'store_up');
    expect(Object.fromEntries(store)).toEqual(expected);
  });
});

describe('quotas that share series', () => {
  it('show the fullest window whole, all that wait, and the longest wait', async () => {
    const wide = { per: 'minute', limit: 100, used: 40, remaining: 60 } as const;
    const runningTime = { usedMs: 1_000, limitMs: 2_000 };
    const [first, second] = [observerWith(), observerWith()];
    first.quotas?.(() => [quota(30, { waiting: 2, nextFreeMs: 1_000, runningTime })]);
    second.quotas?.(() => [quota(0, { windows: [wide], waiting: 3, nextFreeMs: 500 })]);
    expect(await shown()).toMatchObject({
      'limit{quota_group="incidents",per="minute"}': 50,
      'used{quota_group="incidents",per="minute"}': 30,
      'waiting{quota_group="incidents"}': 5,
      'next_free_seconds{quota_group="incidents"}': 1,
      'running_time_seconds{quota_group="incidents"}': 1,
      'running_time_limit_seconds{quota_group="incidents"}': 2,
    });
  });

  it('are those beyond the limit of groups, which are the same ones for every metric', async () => {
    const observer = observerWith({ maxQuotaGroups: 1 });
    call(observer, { start: { quotaGroup: 'alerts' } });
    observer.quotas?.(() => [quota(30), quota(40, { group: 'alerts' }), quota(20, { group: 'b' })]);
    expect(await shown()).toMatchObject({
      'used{quota_group="alerts",per="minute"}': 40,
      'used{quota_group="_OTHER",per="minute"}': 30,
    });
  });

  it('are told apart by constant labels', async () => {
    observerWith({ constantLabels: { tenant: 'a' } }).quotas?.(() => [quota(1)]);
    observerWith({ constantLabels: { tenant: 'b' } }).quotas?.(() => [quota(2)]);
    expect(await shown()).toMatchObject({
      'used{tenant="a",quota_group="incidents",per="minute"}': 1,
      'used{tenant="b",quota_group="incidents",per="minute"}': 2,
    });
  });

  it('are those of the newest 1,000 wrappers, so that more fill no memory', async () => {
    const observer = observerWith();
    for (let index = 0; index <= 1_000; index += 1) {
      observer.quotas?.(() => [quota(0, { waiting: index === 0 ? 1_000_000 : 1 })]);
    }
    expect(await shown()).toMatchObject({ 'waiting{quota_group="incidents"}': 1_000 });
  });
});

it('goes on showing the quotas after the registry was cleared and taken by another observer', async () => {
  const observer = observerWith();
  observer.quotas?.(() => [quota(9)]);
  const before = await shown();
  expect(before).toMatchObject({ 'used{quota_group="incidents",per="minute"}': 9 });
  register.clear();
  expect(await shown()).toEqual({});
  // Both share one set of metrics: the quotas are there at once, and once.
  observerWith();
  expect(await shown()).toEqual(before);
  call(observer);
  expect(await shown()).toMatchObject({ 'used{quota_group="incidents",per="minute"}': 9 });
});

it('goes on showing the quotas after the registry was cleared, from the next call on', async () => {
  const observer = observerWith();
  observer.quotas?.(() => [quota(9)]);
  register.clear();
  expect(await shown()).toEqual({});
  call(observer);
  expect(await shown()).toMatchObject({ 'used{quota_group="incidents",per="minute"}': 9 });
});
