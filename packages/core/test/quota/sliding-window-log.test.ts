import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SentCall, SlidingWindowLog } from '../../src/quota/sliding-window-log.ts';

const window = (limit: number, windowMs: number) => ({ per: 'minute', limit, windowMs }) as const;

describe('the log of what was sent', () => {
  it('counts a call from its sending until a window after its answer', () => {
    const log = new SlidingWindowLog([window(5, 100)], 1_000);
    const sent = log.send(1, 0);
    expect(log.used(0, 50)).toBe(1);
    log.completed(sent, 60);
    expect(log.used(0, 159)).toBe(1);
    expect(log.used(0, 160)).toBe(0);
  });

  it('counts one without an answer until a window after it must have arrived', () => {
    const log = new SlidingWindowLog([window(5, 100)], 30);
    const sent = log.send(2, 0);
    expect(log.used(0, 129)).toBe(1);
    expect(log.used(0, 130)).toBe(0);
    log.completed(sent, 140);
    expect(log.used(0, 140)).toBe(0);
  });

  it('tells when the next may be sent, and the ones after it', () => {
    const log = new SlidingWindowLog([window(2, 100)], 1_000);
    log.completed(log.send(3, 0), 0);
    log.completed(log.send(4, 40), 40);
    const waits = [0, 1, 2, 3, 4].map((ahead) => log.waitMs(0, 2, ahead, 50));
    expect(waits).toEqual([50, 90, 150, 190, 250]);
    expect(log.waitMs(0, 3, 0, 50)).toBe(0);
  });

  it('forgets one that was not sent after all, even where calls arrive at once', () => {
    const log = new SlidingWindowLog([window(1, 100)], 0);
    const sent = log.send(1, 50);
    expect(log.used(0, 50)).toBe(1);
    log.cancel(sent);
    expect(log.used(0, 50)).toBe(0);
  });

  it('keeps as many calls as its longest window allows, the latest of all', () => {
    const log = new SlidingWindowLog([window(3, 100), window(2, 50)], 0);
    for (const id of [1, 2, 3, 4, 5]) log.completed(log.send(id, id), id);
    expect([log.used(0, 5), log.used(1, 5)]).toEqual([3, 3]);
    expect(log.calls(5)).toEqual([
      { id: 3, ageMs: 2 },
      { id: 4, ageMs: 1 },
      { id: 5, ageMs: 0 },
    ]);
    expect([52, 53, 54, 55].map((now) => log.used(1, now))).toEqual([3, 2, 1, 0]);
    expect([102, 103, 104, 105].map((now) => log.used(0, now))).toEqual([3, 2, 1, 0]);
    expect(log.waitMs(0, 3, 0, 105)).toBe(0);
  });

  it('waits no longer for what has left the window already', () => {
    const log = new SlidingWindowLog([window(2, 100)], 0);
    log.completed(log.send(1, 0), 0);
    expect([1, 2, 3, 4].map((ahead) => log.waitMs(0, 2, ahead, 150))).toEqual([0, 100, 100, 200]);
  });

  it('keeps calls in the order in which they must have arrived', () => {
    const log = new SlidingWindowLog([window(5, 100)], 30);
    log.send(1, 0);
    log.completed(log.send(2, 50), 60);
    expect([129, 130, 159, 160].map((now) => log.used(0, now))).toEqual([2, 1, 1, 0]);
  });

  it('lists the calls under way alone where there is no window', () => {
    const log = new SlidingWindowLog([], 30);
    log.completed(log.send(1, 0), 0);
    log.send(2, 0);
    expect(log.calls(10)).toEqual([{ id: 2, ageMs: -20 }]);
    expect(log.calls(31)).toEqual([]);
  });

  it('waits a window for a call under way that is neither answered nor late', () => {
    const log = new SlidingWindowLog([window(2, 100)], 1_000);
    log.completed(log.send(1, 0), 0);
    log.send(2, 10);
    expect([0, 1, 2, 3].map((ahead) => log.waitMs(0, 2, ahead, 50))).toEqual([50, 100, 150, 200]);
    expect(log.waitMs(0, 1, 0, 50)).toBe(100);
    expect(log.waitMs(0, 4, 1, 50)).toBe(0);
    expect(log.waitMs(0, 4, 2, 50)).toBe(50);
  });

  it('takes the least wait for those that are under way', () => {
    const log = new SlidingWindowLog([window(1, 100)], 1_000);
    log.send(5, 0);
    expect(log.waitMs(0, 1, 0, 50)).toBe(100);
  });

  it('lists the calls that still count, for a store that lost them', () => {
    const log = new SlidingWindowLog([window(2, 100), window(5, 200)], 30);
    log.completed(log.send(1, 0), 10);
    log.completed(log.send(2, 100), 110);
    log.send(3, 120);
    const cancelled = log.send(4, 120);
    log.cancel(cancelled);
    expect(log.calls(130)).toEqual([
      { id: 1, ageMs: 120 },
      { id: 2, ageMs: 20 },
      // May still arrive, 30 ms after it was sent.
      { id: 3, ageMs: -20 },
    ]);
    expect(log.calls(210).map(({ id }) => id)).toEqual([2, 3]);
    expect(log.calls(1_000)).toEqual([]);
  });

  it('never counts fewer calls than a service does, whenever they arrive, and forgets the rest', () => {
    const call = fc.record({
      gapMs: fc.integer({ min: 0, max: 50 }),
      transitMs: fc.integer({ min: 0, max: 40 }),
      returnMs: fc.integer({ min: 0, max: 80 }),
    });
    fc.assert(
      fc.property(
        fc.array(call, { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 200 }),
        (calls, limit, windowMs) => {
          const log = new SlidingWindowLog([window(limit, windowMs)], 40);
          const answers: { readonly sent: SentCall; readonly at: number }[] = [];
          const arrivals: number[] = [];
          let now = 0;
          const answerUntil = (time: number): void => {
            answers.sort((a, b) => a.at - b.at);
            while (answers[0] !== undefined && answers[0].at <= time) {
              const answer = answers.shift();
              if (answer) log.completed(answer.sent, answer.at);
            }
          };
          for (const { gapMs, transitMs, returnMs } of calls) {
            now += gapMs;
            answerUntil(now);
            if (log.waitMs(0, limit, 0, now) > 0) continue;
            const sent = log.send(6, now);
            arrivals.push(now + transitMs);
            answers.push({ sent, at: now + transitMs + returnMs });
          }
          arrivals.sort((a, b) => a - b);
          for (const [index, at] of arrivals.entries()) {
            const before = arrivals[index - limit];
            if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(windowMs);
          }
          answerUntil(Number.POSITIVE_INFINITY);
          expect(log.used(0, now + 1_000)).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
