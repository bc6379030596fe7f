import type { QuotaChange } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { CallLimits } from '../../src/quota/call-limits.ts';
import type { WindowLimit } from '../../src/quota/limits.ts';
import type { TakeAnswer } from '../../src/quota/store.ts';
import { failure429, HOUR_MS, MINUTE_MS } from './support.ts';

const MINUTE: WindowLimit = { per: 'minute', limit: 40, windowMs: MINUTE_MS };
const HOUR: WindowLimit = { per: 'hour', limit: 100, windowMs: HOUR_MS };

interface Setup {
  readonly limits: CallLimits;
  readonly changes: QuotaChange[];
  /** Sends calls that are answered at once. */
  send(count: number, now: number): void;
}

function setup({
  windows = [MINUTE],
  divisor = () => 1,
  reserve = 0,
}: {
  windows?: readonly WindowLimit[];
  divisor?: () => number;
  reserve?: number;
} = {}): Setup {
  const changes: QuotaChange[] = [];
  const settings = { name: 'incidents', minuteMs: MINUTE_MS, transitMs: 1_000, reserve };
  const limits = new CallLimits(windows, settings, 0, (one) => changes.push(one), divisor);
  return {
    limits,
    changes,
    send(count, now) {
      for (let call = 0; call < count; call += 1) {
        limits.completed(limits.send(limits.nextId(), now), false, now);
      }
    },
  };
}

/** What a store answers that counted so many calls. */
function answer(used: readonly number[], limits: TakeAnswer['limits'] = []): TakeAnswer {
  return {
    granted: false,
    waitMs: 0,
    takenAt: 0,
    used,
    processes: 2,
    pausedForMs: 0,
    limits,
    epoch: 'e',
  };
}

describe('the limits of a group that counts alone', () => {
  it('let through what each window has room for', () => {
    const { limits, send } = setup({ windows: [MINUTE, HOUR] });
    expect(limits.limits(0, 0)).toEqual([40, 100]);
    send(39, 0);
    expect(limits.waitMs(0, 10)).toBe(0);
    expect(limits.waitMs(0, 10, 1)).toBe(59_990);
    send(1, 0);
    expect(limits.waitMs(0, 10)).toBe(59_990);
    expect(limits.state(10)).toEqual([
      { per: 'minute', limit: 40, used: 40, remaining: 0 },
      { per: 'hour', limit: 100, used: 40, remaining: 60 },
    ]);
    send(60, 10);
    expect(limits.waitMs(0, 20)).toBe(HOUR_MS - 20);
    expect(limits.state(20)[0]).toEqual({ per: 'minute', limit: 40, used: 100, remaining: 0 });
  });

  it('number the calls from 1 on', () => {
    const { limits } = setup();
    expect([limits.nextId(), limits.nextId(), limits.nextId()]).toEqual([1, 2, 3]);
  });

  it('keep a reserve, rounded down, for what is urgent', () => {
    const { limits } = setup({ windows: [MINUTE, { ...HOUR, limit: 1 }], reserve: 0.13 });
    expect(limits.limits(0, 0)).toEqual([35, 1]);
    expect(limits.limits(-1, 0)).toEqual([35, 1]);
    expect(limits.limits(1, 0)).toEqual([40, 1]);
    const all = setup({ reserve: 1 });
    expect(all.limits.limits(0, 0)).toEqual([1]);
  });

  it('forget a call that was not sent, and list the others', () => {
    const { limits } = setup();
    const first = limits.send(7, 0);
    limits.cancel(limits.send(8, 0));
    expect(limits.calls(0)).toEqual([{ id: 7, ageMs: -1_000 }]);
    limits.completed(first, false, 500);
    expect(limits.calls(600)).toEqual([{ id: 7, ageMs: 100 }]);
  });
});

describe('the limits of a group whose store is away', () => {
  it('are divided by the number of processes, with one call each at least', () => {
    let divisor = 4;
    const { limits, send } = setup({ divisor: () => divisor });
    send(9, 0);
    expect(limits.waitMs(0, 0)).toBe(0);
    send(1, 0);
    expect(limits.waitMs(0, 0)).toBe(MINUTE_MS);
    divisor = 3;
    // 13 of 40.
    expect([limits.waitMs(0, 0, 2), limits.waitMs(0, 0, 3)]).toEqual([0, MINUTE_MS]);
    divisor = 100;
    expect(setup({ divisor: () => divisor }).limits.waitMs(0, 0)).toBe(0);
    expect(setup({ divisor: () => divisor }).limits.waitMs(0, 0, 1)).toBe(MINUTE_MS);
  });

  it('take the others to send as much as this process', () => {
    const { limits, send } = setup({ divisor: () => 3 });
    send(5, 0);
    expect(limits.state(0)).toEqual([{ per: 'minute', limit: 40, used: 15, remaining: 25 }]);
  });

  /** How many calls may follow at once on those that were sent before the store was lost. */
  function allowed(sent: number, at = 0, windows: readonly WindowLimit[] = [MINUTE]): number {
    const { limits, send } = setup({ windows, divisor: () => 4 });
    send(sent, 0);
    limits.hold(0);
    let more = 0;
    while (more < 100 && limits.waitMs(0, at, more) === 0) more += 1;
    return more;
  }

  it('hold for a window at what was sent before, or at a quarter of this part', () => {
    // Its part is 10 of the 40, and a quarter of that is 3.
    expect(allowed(0)).toBe(3);
    expect(allowed(1)).toBe(2);
    expect(allowed(3)).toBe(0);
    expect(allowed(6)).toBe(0);
    expect(allowed(6, MINUTE_MS - 1)).toBe(0);
    // Those of before have left the window by then.
    expect(allowed(6, MINUTE_MS)).toBe(10);
    expect(allowed(20, MINUTE_MS)).toBe(10);
    // With a part of one call there is no quarter.
    expect(allowed(0, 0, [{ ...MINUTE, limit: 4 }])).toBe(1);
  });

  it('hold only in the shortest window', () => {
    expect(
      allowed(0, 0, [
        { ...MINUTE, limit: 400 },
        { ...HOUR, limit: 40 },
      ]),
    ).toBe(10);
  });

  it('hold nothing while a store counts', () => {
    const { limits } = setup();
    limits.hold(0);
    expect(limits.waitMs(0, 0, 39)).toBe(0);
  });

  it('are not cut below what was so for a part that is uneven', () => {
    const { limits, changes } = setup({ divisor: () => 4 });
    limits.learn(failure429, 1_000, 0, 0);
    // 40 calls in all are taken to be through, though this process sent none.
    expect(changes).toEqual([
      {
        kind: 'limit',
        group: 'incidents',
        per: 'minute',
        from: 40,
        to: 35,
        reason: 'throttled',
      },
    ]);
  });
});

describe('what the store says of other processes', () => {
  it('counts beside the own calls, as it is for a tenth of the window, then less and less', () => {
    const { limits, send } = setup({ windows: [MINUTE, HOUR] });
    send(4, 0);
    limits.merge(answer([14, 24]), 0);
    const used = (now: number): readonly number[] => limits.state(now).map((one) => one.used);
    expect(used(0)).toEqual([14, 24]);
    expect(used(6_000)).toEqual([14, 24]);
    expect(used(12_000)).toEqual([13, 24]);
    expect(used(36_000)).toEqual([9, 24]);
    expect(used(59_999)).toEqual([5, 24]);
    // The own calls have left by now, and the rest of the others a little later.
    expect(used(61_000)).toEqual([1, 24]);
    expect(used(66_000)).toEqual([0, 24]);
    expect(used(70_000)).toEqual([0, 24]);
    send(1, 70_000);
    expect(used(70_000)).toEqual([1, 25]);
  });

  it('counts the place that it granted as an own one, which is sent in a moment', () => {
    const { limits, send } = setup();
    limits.merge({ ...answer([1]), granted: true }, 0);
    expect(limits.state(0)[0]?.used).toBe(0);
    send(1, 0);
    expect(limits.state(0)[0]?.used).toBe(1);
  });

  it('is never less than nothing', () => {
    const { limits, send } = setup();
    send(4, 0);
    limits.merge(answer([2]), 0);
    expect(limits.state(0)[0]?.used).toBe(4);
    limits.merge(answer([]), 0);
    expect(limits.state(0)[0]?.used).toBe(4);
  });

  it('lowers the limit of the window that it is about, and of no other', () => {
    const { limits, changes } = setup({ windows: [MINUTE, HOUR] });
    limits.merge(answer([0, 0], [{ windowMs: HOUR_MS, limit: 70, ageMs: 0 }]), 0);
    expect(limits.limits(0, 0)).toEqual([40, 70]);
    expect(changes).toEqual([
      { kind: 'limit', group: 'incidents', per: 'hour', from: 100, to: 70, reason: 'throttled' },
    ]);
    limits.merge(answer([0, 0], [{ windowMs: HOUR_MS, limit: 70, ageMs: 10 }]), 10);
    limits.merge(answer([0, 0], [{ windowMs: 7_000, limit: 1, ageMs: 0 }]), 10);
    expect(limits.limits(0, 10)).toEqual([40, 70]);
    expect(changes).toHaveLength(1);
  });
});

describe('what a 429 teaches', () => {
  it('is a lower limit, which others should know, and observers hear of', () => {
    const { limits, changes, send } = setup({ windows: [MINUTE, HOUR] });
    send(31, 0);
    expect(limits.learn(failure429, 1_000, 0, 0)).toEqual([{ windowMs: MINUTE_MS, limit: 27 }]);
    expect(limits.limits(0, 0)).toEqual([27, 100]);
    expect(changes).toEqual([
      { kind: 'limit', group: 'incidents', per: 'minute', from: 40, to: 27, reason: 'throttled' },
    ]);
    // A long wait is about the hour: 31 calls are all that were sent.
    expect(limits.learn(failure429, 61_000, 0, 0)).toEqual([{ windowMs: HOUR_MS, limit: 50 }]);
    expect(changes.at(-1)).toMatchObject({ per: 'hour', from: 100, to: 50 });
  });

  it('counts the calls of other processes as well', () => {
    const { limits } = setup();
    limits.merge(answer([31]), 0);
    expect(limits.learn(failure429, 1_000, 0, 0)).toEqual([{ windowMs: MINUTE_MS, limit: 27 }]);
  });

  it('is the limit that the service announces', () => {
    const { limits, changes } = setup();
    const values = { limit: 20, windowMs: MINUTE_MS };
    limits.learn({ ...failure429, values }, 1_000, 0, 0);
    expect(changes).toMatchObject([{ reason: 'announced', from: 40 }]);
    limits.learn({ ...failure429, values: { limit: 45, windowMs: MINUTE_MS } }, 1_000, 1, 1);
    expect(changes).toMatchObject([{ reason: 'announced' }, { reason: 'throttled' }]);
  });

  it('is nothing for a window that the group does not have, and for processing time', () => {
    const { limits, changes, send } = setup();
    send(31, 0);
    expect(limits.learn(failure429, 61_000, 0, 0)).toEqual([]);
    const values = { waitMs: 5_000 };
    expect(limits.learn({ ...failure429, values }, 5_000, 0, 0)).toEqual([]);
    expect([limits.limits(0, 0), changes]).toEqual([[40], []]);
  });

  it('is nothing to pass on where cuts do not help', () => {
    const { limits } = setup({ windows: [{ ...MINUTE, limit: 1 }] });
    expect(limits.learn(failure429, 1_000, 0, 0)).toEqual([]);
  });

  it('is forgotten in the end: observers hear once that the limit is back, with the next call', () => {
    const { limits, changes, send } = setup();
    send(31, 0);
    limits.learn(failure429, 1_000, 0, 0);
    const back = 4.75 * MINUTE_MS;
    send(1, back - 1_000);
    expect(changes).toHaveLength(1);
    send(2, back);
    expect(changes.slice(1)).toEqual([
      { kind: 'limit', group: 'incidents', per: 'minute', from: 27, to: 40, reason: 'recovered' },
    ]);
  });

  it('is tried again by calls beyond what passed: those that pass raise the limit', () => {
    const probe = (throttled: boolean): number => {
      const { limits, send } = setup();
      send(31, 0);
      limits.learn(failure429, 1_000, 0, 0);
      const later = 1.5 * MINUTE_MS;
      send(27, later);
      for (let call = 0; call < 10; call += 1) {
        limits.completed(limits.send(limits.nextId(), later), throttled, later);
      }
      return limits.limits(0, later)[0] ?? 0;
    };
    // One more than is proven, or as many as ten proofs allow.
    expect([probe(true), probe(false)]).toEqual([28, 39]);
  });

  it('is not told to observers again on its way back, though it is cut once more', () => {
    const { limits, changes, send } = setup();
    send(31, 0);
    limits.learn(failure429, 1_000, 0, 0);
    const later = 1.5 * MINUTE_MS;
    send(37, later);
    expect(limits.limits(0, later)).toEqual([39]);
    limits.learn(failure429, 1_000, later, later);
    expect(limits.limits(0, later)[0]).toBeGreaterThan(27);
    expect(limits.limits(0, later)[0]).toBeLessThan(39);
    expect(changes).toHaveLength(1);
  });

  it('is tried by no call that is within what passed', () => {
    const { limits, send } = setup();
    send(31, 0);
    limits.learn(failure429, 1_000, 0, 0);
    const later = 1.5 * MINUTE_MS;
    send(27, later);
    expect(limits.limits(0, later)).toEqual([28]);
  });
});
