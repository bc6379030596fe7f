import { describe, expect, it } from 'vitest';
import { QuotaGate, type ThrottleSettings } from '../../src/quota/gate.ts';
import type { GatePermit } from '../../src/quota/permit.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';
import { failure429 } from './support.ts';

const OPERATION = { name: 'incidents.list', quotaGroup: 'incidents', quota: { perMinute: 50 } };

interface Setup {
  readonly clock: ManualClock;
  readonly gate: QuotaGate;
  readonly passed: string[];
  readonly held: string[];
  pause(group: string, ms: number): void;
  waitMs(group: string): number | undefined;
  enter(
    name: string,
    options?: { limitMs?: number; signal?: AbortSignal; group?: string; priority?: number },
  ): Promise<GatePermit | undefined>;
}

/** A gate without quotas: only pauses hold calls. */
function setup(settings: Partial<ThrottleSettings> = {}): Setup {
  const clock = manualClock();
  const throttle = { pause: true, maxWaiting: 1_000, ...settings };
  const gate = new QuotaGate(throttle, undefined, { clock, random: () => 0.5 }, () => undefined);
  const passed: string[] = [];
  const held: string[] = [];
  const call = { operation: OPERATION, name: OPERATION.name, priority: 0 };
  return {
    clock,
    gate,
    passed,
    held,
    pause: (group, ms) => gate.throttled({ ...call, group }, ms, failure429, undefined),
    waitMs: (group) => gate.snapshot().find((each) => each.group === group)?.pausedForMs,
    async enter(name, { limitMs = 300_000, signal, group = 'g', priority = 0 } = {}) {
      const result = await gate.acquire({
        ...call,
        group,
        priority,
        attempt: 1,
        limitMs,
        signal,
        held: (ms, reason) => held.push(`${name} ${reason} ${ms}`),
      });
      passed.push(
        result !== undefined && 'refused' in result ? `${name} refused ${result.refused}` : name,
      );
      return result !== undefined && 'refused' in result ? undefined : result;
    },
  };
}

describe('a gate without quotas', () => {
  it('lets everything through when nothing is paused', async () => {
    const { gate, enter, passed } = setup();
    expect(gate.idle).toBe(true);
    await enter('a');
    expect(passed).toEqual(['a']);
  });

  it('holds the calls of the paused group alone, until its pause ends', async () => {
    const { clock, enter, passed, pause, waitMs } = setup();
    pause('g', 5_000);
    expect(waitMs('g')).toBe(5_000);
    void enter('held');
    void enter('other', { group: 'h' });
    await clock.advance(4_999);
    expect(passed).toEqual(['other']);
    await clock.advance(1);
    expect(passed).toEqual(['other', 'held']);
  });

  it('keeps the longest pause', async () => {
    const { clock, enter, passed, pause } = setup();
    pause('g', 5_000);
    pause('g', 1_000);
    void enter('held');
    await clock.advance(2_000);
    pause('g', 10_000);
    await clock.advance(9_999);
    expect(passed).toEqual([]);
    await clock.advance(1);
    expect(passed).toEqual(['held']);
  });

  it('lets go two at a time, in order, and the next when one is answered', async () => {
    const { clock, enter, passed, pause } = setup();
    pause('g', 1_000);
    const first = enter('1');
    for (const name of ['2', '3', '4']) void enter(name);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2']);
    (await first)?.completed();
    await clock.advance(0);
    expect(passed).toEqual(['1', '2', '3']);
  });

  it('does not wait for an answer beyond a second', async () => {
    const { clock, enter, passed, pause } = setup();
    pause('g', 1_000);
    for (const name of ['1', '2', '3', '4', '5']) void enter(name);
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2', '3', '4']);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2', '3', '4', '5']);
  });

  it('refuses at once what would wait beyond its limit', async () => {
    const { enter, passed, pause } = setup();
    pause('g', 5_000);
    await enter('a', { limitMs: 4_999 });
    expect(passed).toEqual(['a refused wait-too-long']);
  });

  it('refuses when its limit is reached while it waits', async () => {
    const { clock, enter, passed, pause } = setup();
    pause('g', 1_000);
    void enter('a', { limitMs: 2_000 });
    pause('g', 10_000);
    await clock.advance(2_000);
    expect(passed).toEqual(['a refused wait-too-long']);
    expect(clock.pendingTimers).toBe(1);
  });

  it('refuses beyond the number that may wait', async () => {
    const { enter, passed, pause } = setup({ maxWaiting: 1 });
    pause('g', 5_000);
    void enter('a');
    await enter('b');
    expect(passed).toEqual(['b refused queue-full']);
  });

  it('ends a wait at once with the reason of the signal', async () => {
    const { clock, gate, enter, pause } = setup();
    pause('g', 5_000);
    const controller = new AbortController();
    const held = enter('a', { signal: controller.signal });
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(held).rejects.toBe(reason);
    expect(gate.snapshot()).toEqual([{ group: 'g', pausedForMs: 5_000, waiting: 0 }]);
    await clock.advance(5_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('forgets a group when its pause is over and its queue is empty', async () => {
    const { clock, gate, enter, pause } = setup();
    pause('g', 1_000);
    const held = enter('a');
    await clock.advance(1_000);
    (await held)?.completed();
    await clock.advance(1_000);
    expect(gate.idle).toBe(true);
    expect(gate.snapshot()).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts a ticket once, however often it is given back', async () => {
    const { clock, enter, passed, pause } = setup();
    pause('g', 1_000);
    const first = enter('1');
    for (const name of ['2', '3', '4', '5']) void enter(name);
    await clock.advance(1_000);
    const ticket = await first;
    ticket?.completed();
    ticket?.completed();
    await clock.advance(0);
    expect(passed).toEqual(['1', '2', '3']);
  });

  it('tells each call that it is held, and for how long', async () => {
    const { clock, pause, enter, held } = setup();
    pause('g', 5_000);
    void enter('a');
    await clock.advance(2_000);
    void enter('b');
    expect(held).toEqual(['a pause 5000', 'b pause 3000']);
  });

  it('is listed as long as it lasts, whoever waits', () => {
    const { gate, pause, enter } = setup();
    pause('g', 2);
    for (const name of ['a', 'b']) void enter(name);
    expect(gate.snapshot()).toEqual([{ group: 'g', pausedForMs: 2, waiting: 2 }]);
  });

  it('tells a call that two others hold it, though no pause is left', async () => {
    const { clock, pause, enter, held, passed } = setup();
    pause('g', 1_000);
    for (const name of ['a', 'b']) void enter(name);
    await clock.advance(1_000);
    void enter('c');
    await clock.advance(0);
    expect(held).toEqual(['a pause 1000', 'b pause 1000', 'c pause 0']);
    await clock.advance(999);
    expect(passed).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('forgets a group once its pause is over and what it released is a second old', async () => {
    const { clock, gate, pause, enter } = setup();
    pause('g', 1_000);
    void enter('a');
    await clock.advance(1_000);
    expect(gate.idle).toBe(false);
    await clock.advance(999);
    expect(gate.idle).toBe(false);
    await clock.advance(1);
    expect(gate.idle).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('forgets a group at once when the last that it released is answered', async () => {
    const { clock, gate, pause, enter } = setup();
    pause('g', 1_000);
    const [first, second] = [enter('a'), enter('b')];
    await clock.advance(1_000);
    (await first)?.completed();
    expect(gate.idle).toBe(false);
    (await second)?.cancel();
    expect(gate.idle).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lets a call of a higher priority go first, and take a place where the queue is full', async () => {
    const { clock, pause, enter, passed } = setup({ maxWaiting: 2 });
    pause('g', 1_000);
    void enter('a');
    void enter('b');
    void enter('urgent', { priority: 10 });
    await clock.advance(1_000);
    expect(passed).toEqual(['b refused queue-full', 'urgent', 'a']);
  });

  it('says that a pause held the call that it rejects', async () => {
    const { gate, pause } = setup();
    pause('g', 5_000);
    const call = { operation: OPERATION, name: OPERATION.name, priority: 0, group: 'g' };
    const request = { ...call, attempt: 1, limitMs: 1, signal: undefined, held: () => undefined };
    expect(gate.acquire(request)).toEqual({
      refused: 'wait-too-long',
      retryAfterMs: 5_000,
      heldBy: 'pause',
    });
  });

  it('keeps no more than a thousand groups', async () => {
    const { gate, pause, clock } = setup();
    for (let index = 0; index <= 1_000; index += 1) pause(`group ${index}`, 5_000);
    expect(gate.snapshot()).toHaveLength(1_000);
    await clock.advance(5_000);
    expect(gate.idle).toBe(true);
  });

  it('does not hold anything where pauses are switched off', async () => {
    const { gate, pause, enter, passed } = setup({ pause: false });
    pause('g', 5_000);
    expect(gate.idle).toBe(true);
    await enter('a', { limitMs: 0 });
    expect(passed).toEqual(['a']);
  });
});

it('a pause outlives the end of a call that the pause before it had released', async () => {
  const { clock, enter, pause, waitMs } = setup();
  pause('g', 1_000);
  const released = enter('a');
  await clock.advance(1_000);
  const permit = await released;
  // Nothing of the first pause is left by now.
  await clock.advance(10_000);
  pause('g', 5_000);
  permit?.completed();
  await clock.advance(1_000);
  expect(waitMs('g')).toBe(4_000);
});
