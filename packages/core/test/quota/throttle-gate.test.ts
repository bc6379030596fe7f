import { describe, expect, it } from 'vitest';
import { type GatePermit, ThrottleGate } from '../../src/quota/throttle-gate.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

interface Setup {
  readonly clock: ManualClock;
  readonly gate: ThrottleGate;
  readonly passed: string[];
  enter(
    name: string,
    options?: { limitMs?: number; signal?: AbortSignal; group?: string },
  ): Promise<GatePermit | undefined>;
}

function setup(maxWaiting = 1_000): Setup {
  const clock = manualClock();
  const gate = new ThrottleGate({ maxWaiting }, clock);
  const passed: string[] = [];
  return {
    clock,
    gate,
    passed,
    async enter(name, { limitMs = 300_000, signal, group = 'g' } = {}) {
      const result = await gate.enter(group, limitMs, signal);
      passed.push(
        result !== undefined && 'refused' in result ? `${name} refused ${result.refused}` : name,
      );
      return result !== undefined && 'refused' in result ? undefined : result;
    },
  };
}

describe('the throttle gate', () => {
  it('lets everything through when nothing is paused', async () => {
    const { gate, enter, passed } = setup();
    expect(gate.idle).toBe(true);
    await enter('a');
    expect(passed).toEqual(['a']);
  });

  it('holds the calls of the paused group alone, until its pause ends', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 5_000);
    expect(gate.waitMs('g')).toBe(5_000);
    void enter('held');
    void enter('other', { group: 'h' });
    await clock.advance(4_999);
    expect(passed).toEqual(['other']);
    await clock.advance(1);
    expect(passed).toEqual(['other', 'held']);
  });

  it('keeps the longest pause', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 5_000);
    gate.pause('g', 1_000);
    void enter('held');
    await clock.advance(2_000);
    gate.pause('g', 10_000);
    await clock.advance(9_999);
    expect(passed).toEqual([]);
    await clock.advance(1);
    expect(passed).toEqual(['held']);
  });

  it('lets go two at a time, in order, and the next when one is answered', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 1_000);
    const first = enter('1');
    for (const name of ['2', '3', '4']) void enter(name);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2']);
    (await first)?.completed();
    await clock.advance(0);
    expect(passed).toEqual(['1', '2', '3']);
  });

  it('does not wait for an answer beyond a second', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 1_000);
    for (const name of ['1', '2', '3', '4', '5']) void enter(name);
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2', '3', '4']);
    await clock.advance(1_000);
    expect(passed).toEqual(['1', '2', '3', '4', '5']);
  });

  it('refuses at once what would wait beyond its limit', async () => {
    const { gate, enter, passed } = setup();
    gate.pause('g', 5_000);
    await enter('a', { limitMs: 4_999 });
    expect(passed).toEqual(['a refused wait-too-long']);
  });

  it('refuses when its limit is reached while it waits', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 1_000);
    void enter('a', { limitMs: 2_000 });
    gate.pause('g', 10_000);
    await clock.advance(2_000);
    expect(passed).toEqual(['a refused wait-too-long']);
    expect(clock.pendingTimers).toBe(1);
  });

  it('refuses beyond the number that may wait', async () => {
    const { gate, enter, passed } = setup(1);
    gate.pause('g', 5_000);
    void enter('a');
    await enter('b');
    expect(passed).toEqual(['b refused queue-full']);
  });

  it('ends a wait at once with the reason of the signal', async () => {
    const { clock, gate, enter } = setup();
    gate.pause('g', 5_000);
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
    const { clock, gate, enter } = setup();
    gate.pause('g', 1_000);
    const held = enter('a');
    await clock.advance(1_000);
    (await held)?.completed();
    await clock.advance(1_000);
    expect(gate.idle).toBe(true);
    expect(gate.snapshot()).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts a ticket once, however often it is given back', async () => {
    const { clock, gate, enter, passed } = setup();
    gate.pause('g', 1_000);
    const first = enter('1');
    for (const name of ['2', '3', '4', '5']) void enter(name);
    await clock.advance(1_000);
    const ticket = await first;
    ticket?.completed();
    ticket?.completed();
    await clock.advance(0);
    expect(passed).toEqual(['1', '2', '3']);
  });
});
