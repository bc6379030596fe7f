import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from '../../src/quota/adaptive-limit.ts';

const W = 60_000;
const limitOf = (limit = 100, startedAt = -10 * W): AdaptiveLimit =>
  new AdaptiveLimit({ per: 'minute', limit, windowMs: W }, startedAt);

describe('a limit that adapts', () => {
  it('is the configured one until something is refused', () => {
    expect(limitOf().at(0)).toBe(100);
    expect(limitOf().at(1e9)).toBe(100);
  });

  it('is cut to a little less than what was let through', () => {
    const limit = limitOf();
    limit.throttled(81, 0, 0);
    expect(limit.at(0)).toBe(72);
  });

  it('is cut by one at the least', () => {
    const limit = limitOf();
    limit.throttled(200, 0, 0);
    expect(limit.at(0)).toBe(99);
  });

  it('tells its cut for as long as that holds', () => {
    const limit = limitOf();
    expect(limit.cut()).toBeUndefined();
    limit.throttled(81, 0, 0);
    expect(limit.cut()).toBe(72);
    limit.at(4.75 * W);
    expect(limit.cut()).toBeUndefined();
  });

  it('is cut anew for a call that was sent after the last cut, or with it', () => {
    const cutBy = (sentAt: number): number => {
      const limit = limitOf();
      limit.throttled(81, 100, 100);
      limit.throttled(40, sentAt, 100);
      return limit.at(100);
    };
    // By half of what it was, or not below half of what it was before.
    expect([cutBy(100), cutBy(99)]).toEqual([36, 50]);
  });

  it.each([
    // The first 429 of so many came 80 calls after: the next is a new one, or one to a probe.
    ['too soon for a probe', 44_999, 75, 65],
    ['a probe', 45_000, 75, 71],
    ['a probe that came as far as before', 45_000, 74, 70],
    ['no probe, since others take more than before', 45_000, 73, 63],
  ])('is cut by a fiftieth or a tenth: %s', (_, laterMs, sent, expected) => {
    const limit = limitOf();
    limit.throttled(81, 10 * W, 10 * W);
    const now = 10 * W + laterMs;
    limit.throttled(sent, now, now);
    expect(limit.at(now)).toBe(expected);
  });

  it('is never cut by more than half at once', () => {
    const limit = limitOf();
    limit.throttled(5, 0, 0);
    expect(limit.at(0)).toBe(50);
    limit.throttled(5, 10, 10);
    expect(limit.at(10)).toBe(25);
  });

  it('is cut once for calls that were under way together, by as many as were refused', () => {
    const limit = limitOf();
    limit.throttled(100, 0, 50);
    expect(limit.at(50)).toBe(89);
    for (let refusal = 0; refusal < 39; refusal += 1) limit.throttled(100, 0, 50);
    expect(limit.at(50)).toBe(54);
  });

  it('is at least 1', () => {
    const limit = limitOf(3);
    limit.throttled(1, 0, 0);
    for (let at = 1; at < 10; at += 1) limit.throttled(1, -1, at);
    expect(limit.at(10)).toBe(1);
  });

  it('is never cut below a fifth of what it was, and not at all where that does not help', () => {
    const limit = limitOf();
    for (const at of [0, 1, 2]) limit.throttled(5, at, at);
    expect(limit.at(2)).toBe(20);
    // Sent before the last cut: says nothing new.
    limit.throttled(5, 1, 3);
    expect(limit.at(3)).toBe(20);
    // Sent after it: so few calls are no reason for a 429.
    limit.throttled(5, 4, 4);
    expect(limit.at(4)).toBe(100);
    limit.throttled(90, 10 * W, 10 * W);
    limit.mergeRemote(30, 10, 10 * W);
    expect(limit.at(10 * W)).toBe(100);
    const later = 20 * W + 4;
    limit.throttled(90, later - 1, later - 1);
    limit.mergeRemote(30, 0, later - 1);
    expect(limit.at(later - 1)).toBe(100);
    limit.throttled(91, later, later);
    expect(limit.at(later)).toBe(87);
  });

  it('lets most calls through where the service answers 429 at random', () => {
    const limit = limitOf();
    let sent = 0;
    let offered = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      let inMinute = 0;
      // 80 calls are offered, and every third one is throttled whatever the limit.
      for (let call = 0; call < 80; call += 1) {
        const now = minute * W + (call * W) / 80;
        offered += 1;
        if (inMinute >= limit.at(now)) continue;
        inMinute += 1;
        sent += 1;
        if (sent % 3 === 0) limit.throttled(inMinute, now, now);
      }
    }
    expect(sent / offered).toBeGreaterThan(0.85);
  });

  it('holds for a while, then grows only as trials are let through, and at most doubles in a window', () => {
    const limit = limitOf();
    limit.throttled(56, 0, 0);
    expect(limit.at(0.75 * W)).toBe(50);
    expect(limit.at(W)).toBe(53);
    expect(limit.isProbe(49)).toBe(false);
    expect(limit.isProbe(50)).toBe(true);
    for (let trial = 0; trial < 100; trial += 1) limit.confirmProbe();
    expect(limit.at(W)).toBe(59);
    expect(limit.at(1.7 * W)).toBe(96);
    expect(limit.at(1.75 * W)).toBe(100);
  });

  it('goes back to just below where a trial was refused, when all else is as it was', () => {
    const limit = limitOf();
    limit.throttled(51, 0, 0);
    expect(limit.at(0)).toBe(50);
    for (let trial = 0; trial < 5; trial += 1) limit.confirmProbe();
    limit.throttled(53, W, W);
    // 51 of the 53 were let through: a fiftieth less.
    expect(limit.at(W)).toBe(49);
  });

  it('is back to full after some windows without a refusal, though nothing was tried', () => {
    const limit = limitOf();
    limit.throttled(51, 0, 0);
    expect(limit.at(4.7 * W)).toBeLessThan(100);
    expect(limit.at(4.75 * W)).toBe(100);
  });

  it('is what the service told, for an hour, and only where that is less', () => {
    const limit = limitOf();
    limit.observeLimit(120, 0);
    expect(limit.at(0)).toBe(100);
    limit.observeLimit(30, 0);
    expect(limit.at(0)).toBe(30);
    expect(limit.at(60 * W - 1)).toBe(30);
    expect(limit.at(60 * W)).toBe(100);
    limit.observeLimit(0, 60 * W);
    expect(limit.at(60 * W)).toBe(100);
    limit.observeLimit(1, 60 * W);
    expect(limit.at(60 * W)).toBe(1);
  });

  it('fills up again within the hour after a process began, since its own calls of before leave it', () => {
    const hour = 60 * W;
    const limit = new AdaptiveLimit({ per: 'hour', limit: 1_500, windowMs: hour }, 0);
    limit.throttled(5, 0, 0);
    expect(limit.at(hour / 12)).toBe(750);
    for (let trial = 0; trial < 1_500; trial += 1) limit.confirmProbe();
    expect(limit.at((13 / 24) * hour)).toBe(1_125);
    expect(limit.at(hour)).toBe(1_500);
  });

  it('does not fill up for a process that began before', () => {
    // The window of its start ends as the cut begins to heal.
    const limit = limitOf(100, -W / 4);
    limit.throttled(81, 0, 0);
    expect(limit.at(46_000)).toBe(72);
  });

  it.each([
    // Sooner or later by more than a twentieth of the window it is another cut.
    [-3_000, [72, 74]],
    [-2_999, [60, 62]],
    [3_000, [60, 62]],
    [3_001, [60, 60]],
  ])('takes a cut that another process made %i ms later', (laterMs, expected) => {
    const limit = limitOf();
    limit.throttled(81, 10_000, 10_000);
    limit.mergeRemote(60, 10_000 - laterMs, 20_000);
    expect([limit.at(20_000), limit.at(57_900)]).toEqual(expected);
  });

  it('takes the cut of another process again as soon as its own are not ignored any more', () => {
    const limit = limitOf(5);
    for (const at of [0, 1, 2]) limit.throttled(1, at, at);
    expect(limit.at(2)).toBe(5);
    limit.mergeRemote(3, 0, 20 * W + 1);
    expect(limit.at(20 * W + 1)).toBe(5);
    limit.mergeRemote(3, 0, 20 * W + 2);
    expect(limit.at(20 * W + 2)).toBe(3);
  });

  it('takes the cut of another process, unless it knows it already', () => {
    const limit = limitOf();
    limit.mergeRemote(60, 10_000, 20_000);
    expect(limit.at(20_000)).toBe(60);
    for (let trial = 0; trial < 30; trial += 1) limit.confirmProbe();
    const grown = limit.at(70_000);
    expect(grown).toBeGreaterThan(60);
    // The same cut, read again.
    limit.mergeRemote(60, 60_100, 70_000);
    expect(limit.at(70_000)).toBe(grown);
    // The same trouble, which another process saw deeper.
    limit.mergeRemote(40, 59_000, 70_000);
    expect(limit.at(70_000)).toBeLessThan(grown);
    // Long over.
    limit.mergeRemote(10, 400_000, 500_000);
    expect(limit.at(500_000)).toBe(100);
  });

  it('never leaves the bounds, whatever happens', () => {
    const event = fc.record({
      gapMs: fc.integer({ min: 0, max: 2 * W }),
      kind: fc.constantFrom('throttled', 'announced', 'confirmed', 'remote'),
      number: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 150 }), (events, configured) => {
        const limit = limitOf(configured);
        let now = 0;
        for (const { gapMs, kind, number } of events) {
          now += gapMs;
          if (kind === 'throttled') limit.throttled(number, now - number, now);
          else if (kind === 'announced') limit.observeLimit(number, now);
          else if (kind === 'confirmed') limit.confirmProbe();
          else limit.mergeRemote(number, number, now);
          expect(limit.at(now)).toBeGreaterThanOrEqual(1);
          expect(limit.at(now)).toBeLessThanOrEqual(configured);
          expect(Number.isInteger(limit.at(now))).toBe(true);
        }
        expect(limit.at(now + 61 * W)).toBe(configured);
      }),
    );
  });
});
