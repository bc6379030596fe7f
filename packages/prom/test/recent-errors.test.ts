import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { promObserver } from '../src/index.ts';
import { KEPT_PER_CODE, RecentErrorsRing } from '../src/recent-errors.ts';
import { call, failure } from './support/drive.ts';

const from = Date.UTC(2026, 0, 1);

function filled(capacity: number, codes: readonly string[]): RecentErrorsRing {
  const ring = new RecentErrorsRing(capacity);
  codes.forEach((code, index) => {
    ring.record(from + index, { operation: `op-${index}`, code, attempt: 1, final: true });
  });
  return ring;
}

describe('recent errors', () => {
  it('hold each failed attempt once, and whether the call ended with it', () => {
    const observer = promObserver({
      register: new Registry(),
      exemplars: false,
      clock: { epoch: () => from },
    });
    call(observer, {
      retried: [failure('InternalServerError', 500, { trackingId: 'id-1' })],
      failure: failure('Teapot', 418, { trackingId: 'id-2' }),
    });
    const entry = { time: '2026-01-01T00:00:00.000Z', operation: 'incidents.list' };
    expect(observer.recentErrors.list()).toEqual([
      { ...entry, code: '_OTHER', status: 418, trackingId: 'id-2', attempt: 2, final: true },
      {
        ...entry,
        code: 'InternalServerError',
        status: 500,
        trackingId: 'id-1',
        attempt: 1,
        final: false,
      },
    ]);
    expect(observer.recentErrors.dropped).toBe(0);
  });

  it('hold no success and no cancelled call', () => {
    const observer = promObserver({ register: new Registry(), exemplars: false });
    call(observer);
    call(observer, { failure: failure('Cancelled', 0), end: { outcome: 'cancelled' } });
    expect(observer.recentErrors.list()).toEqual([]);
  });

  it('are the newest first, by code and by time', () => {
    const ring = filled(100, ['A', 'B', 'A', 'B']);
    const operations = (query?: Parameters<typeof ring.list>[0]): readonly string[] =>
      ring.list(query).map(({ operation }) => operation);
    expect(operations()).toEqual(['op-3', 'op-2', 'op-1', 'op-0']);
    expect(operations({ code: 'A' })).toEqual(['op-2', 'op-0']);
    expect(operations({ since: from + 2 })).toEqual(['op-3', 'op-2']);
    expect(operations({ since: new Date(from + 1), code: 'B' })).toEqual(['op-3', 'op-1']);
    expect(operations({ code: 'C' })).toEqual([]);
  });

  it('keep the rare error through a flood of another', () => {
    const ring = filled(10, [
      'Forbidden',
      ...Array.from({ length: 1_000 }, () => 'TooManyRequests'),
    ]);
    expect(ring.list()).toHaveLength(11);
    expect(ring.list({ code: 'Forbidden' })).toMatchObject([{ operation: 'op-0' }]);
    expect(ring.dropped).toBe(990);
  });

  it('are none when their capacity is zero, and say how many went by', () => {
    const ring = filled(0, ['A', 'B']);
    expect(ring.list()).toEqual([]);
    expect(ring.dropped).toBe(2);
  });

  it('are always the last ones, the last few of each code, and nothing else', () => {
    const codes = fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), codes, (capacity, recorded) => {
        const ring = filled(capacity, recorded);
        const all = recorded.map((code, index) => ({ code, index }));
        const kept = Math.min(KEPT_PER_CODE, capacity);
        const expected = all.filter(
          ({ code, index }) =>
            index >= all.length - capacity ||
            all.filter((later) => later.code === code && later.index > index).length < kept,
        );
        expect(ring.list().map(({ operation }) => operation)).toEqual(
          expected.map(({ index }) => `op-${index}`).reverse(),
        );
        expect(ring.dropped).toBe(recorded.length - expected.length);
      }),
    );
  });
});
