import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../src/testing/index.ts';
import { storeContract } from './contract.ts';

storeContract('memory', () => {
  const clock = manualClock();
  return { store: memoryQuotaStore(clock), pass: (ms) => clock.advance(ms) };
});

const MINUTE = { windowMs: 60_000, limit: 2 };
const HOUR = { windowMs: 3_600_000, limit: 3 };

function setup() {
  const clock = manualClock();
  const store = memoryQuotaStore(clock);
  const take = (permit: string, windows = [MINUTE], transitMs = 0, process = 'p') =>
    store.take({ group: 'g', permit, process, windows, transitMs });
  return { clock, store, take };
}

describe('a quota store in memory', () => {
  it('answers by the clock that it is given', async () => {
    const { clock, take } = setup();
    await clock.advance(5);
    expect(await take('1')).toEqual({
      granted: true,
      waitMs: 0,
      takenAt: 5,
      used: [1],
      processes: 1,
      pausedForMs: 0,
      limits: [],
      epoch: 'memory',
    });
  });

  it('says to the millisecond when the next place is free, and then gives it', async () => {
    const { clock, take } = setup();
    await take('1', [MINUTE], 400);
    await clock.advance(1_000);
    await take('2');
    expect(await take('3')).toMatchObject({ granted: false, waitMs: 59_400, used: [2] });
    await clock.advance(59_399);
    expect(await take('3')).toMatchObject({ granted: false, waitMs: 1, used: [2] });
    await clock.advance(1);
    expect(await take('3')).toMatchObject({ granted: true, waitMs: 0, used: [2] });
  });

  it('waits for the window that is full the longest', async () => {
    const { clock, take } = setup();
    for (const permit of ['1', '2']) await take(permit, [MINUTE, HOUR]);
    expect(await take('3', [MINUTE, HOUR])).toMatchObject({ waitMs: 60_000, used: [2, 2] });
    await clock.advance(60_000);
    expect(await take('3', [MINUTE, HOUR])).toMatchObject({ granted: true, used: [1, 3] });
    expect(await take('4', [MINUTE, HOUR])).toMatchObject({ waitMs: 3_540_000, used: [1, 3] });
    expect(await take('4', [HOUR, MINUTE])).toMatchObject({ waitMs: 3_540_000, used: [3, 1] });
    await clock.advance(3_540_000);
    expect(await take('4', [MINUTE, HOUR])).toMatchObject({ granted: true, used: [1, 2] });
  });

  it('waits for a call that arrives after others that were taken later', async () => {
    const { take } = setup();
    await take('1', [MINUTE], 5_000);
    await take('2', [MINUTE], 0);
    expect(await take('3', [{ ...MINUTE, limit: 1 }])).toMatchObject({ waitMs: 65_000 });
    expect(await take('3')).toMatchObject({ waitMs: 60_000 });
  });

  it('forgets a process after the shortest window, and not before', async () => {
    const { clock, take } = setup();
    await take('1', [MINUTE, HOUR], 0, 'first');
    await clock.advance(59_999);
    expect(await take('2', [HOUR, MINUTE], 0, 'second')).toMatchObject({ processes: 2 });
    await clock.advance(1);
    expect(await take('3', [], 0, 'second')).toMatchObject({ processes: 2 });
    expect(await take('4', [MINUTE, HOUR], 0, 'second')).toMatchObject({ processes: 1 });
  });

  it('grants a question without windows, which takes no place', async () => {
    const { take } = setup();
    expect(await take('', [])).toMatchObject({ granted: true, used: [], processes: 1 });
    expect(await take('', [MINUTE])).toMatchObject({ used: [1] });
  });

  it('gives a permit its place while a pause holds all others', async () => {
    const { clock, store, take } = setup();
    await take('1');
    await store.report('g', { pauseMs: 300, keepMs: 60_000 });
    expect(await take('1')).toMatchObject({ granted: true, waitMs: 0, pausedForMs: 300 });
    expect(await take('2')).toMatchObject({ granted: false, waitMs: 300, used: [1] });
    await clock.advance(300);
    expect(await take('2')).toMatchObject({ granted: true, pausedForMs: 0, used: [2] });
  });

  it('passes a learned limit on for five windows', async () => {
    const { clock, store, take } = setup();
    const learned = { windowMs: 60_000, limit: 40 };
    await clock.advance(1_000);
    await store.report('g', { limits: [learned], keepMs: 60_000 });
    await clock.advance(299_999);
    expect((await take('1')).limits).toEqual([{ ...learned, ageMs: 299_999 }]);
    await clock.advance(1);
    expect((await take('2')).limits).toEqual([]);
  });

  it('counts the calls that a process reports from their own age on', async () => {
    const { clock, store, take } = setup();
    await take('known');
    await clock.advance(1_000);
    const calls = [
      { permit: 'known', ageMs: 900 },
      { permit: 'lost', ageMs: 500 },
    ];
    await store.report('g', { calls, keepMs: 60_000 });
    expect(await take('3')).toMatchObject({ waitMs: 59_000, used: [2] });
    expect(await take('3', [{ ...MINUTE, limit: 1 }])).toMatchObject({ waitMs: 59_500 });
    await store.settle('g', 'never known', 1_000);
    expect(await take('3')).toMatchObject({ used: [2] });
  });

  it('gives a permit a place again that it gave back', async () => {
    const { store, take } = setup();
    await take('1');
    await store.settle('g', '1', undefined);
    expect(await take('1')).toMatchObject({ granted: true, used: [1] });
  });

  it('refuses a clock that is none', () => {
    const make = (): unknown => Reflect.apply(memoryQuotaStore, undefined, [{ now: Date.now }]);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/memoryQuotaStore.*clock.*a Clock with now, epoch and timer/s);
  });
});
