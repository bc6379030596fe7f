import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { failure429, HOUR_MS, MINUTE_MS, world } from './support.ts';

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'passed',
    (reason: unknown) => reason,
  );

describe('a quota by the minute', () => {
  it('lets as many calls through as it allows, and the next when the window has passed', async () => {
    const { clock, log, ask } = world();
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    await clock.advance(MINUTE_MS - 1);
    expect(log).toEqual(['0 a', '0 b', '0 c']);
    await clock.advance(1);
    expect(log.at(-1)).toBe('60000 d');
  });

  it('lets a call through without a wait where there is room', () => {
    const { gate } = world();
    const operation = { name: 'a', quotaGroup: 'a', quota: { perMinute: 1 } };
    const call = { group: 'a', operation, name: 'a', priority: 0, attempt: 1, limitMs: 0 };
    const request = { ...call, signal: undefined, held: () => undefined };
    expect(gate.acquire(request)).toHaveProperty('completed');
    expect(gate.acquire(request)).toEqual({
      refused: 'wait-too-long',
      retryAfterMs: 60_000,
      heldBy: 'quota',
    });
  });

  it('really slides: each call makes room for one, a window after it', async () => {
    const { clock, log, ask } = world();
    void ask('a');
    await clock.advance(10_000);
    void ask('b');
    await clock.advance(40_000);
    for (const name of ['c', 'd', 'e', 'f']) void ask(name);
    await clock.advance(2 * MINUTE_MS);
    expect(log).toEqual(['0 a', '10000 b', '50000 c', '60000 d', '70000 e', '110000 f']);
  });

  it('counts a call until a window after its answer, since it may have arrived as late as that', async () => {
    const { clock, log, ask } = world({ transitMs: 5_000 });
    const ticket = await ask('slow', { quota: { perMinute: 1 }, keep: true });
    await clock.advance(2_000);
    if (ticket && 'completed' in ticket) ticket.completed();
    void ask('next', { quota: { perMinute: 1 } });
    await clock.advance(2 * MINUTE_MS);
    expect(log).toEqual(['0 slow', '62000 next']);
  });

  it('takes a call that is not answered for arrived once it must be', async () => {
    const { clock, log, ask } = world({ transitMs: 5_000 });
    void ask('hangs', { quota: { perMinute: 1 }, keep: true });
    await clock.advance(0);
    void ask('next', { quota: { perMinute: 1 } });
    await clock.advance(2 * MINUTE_MS);
    expect(log).toEqual(['0 hangs', '65000 next']);
  });

  it('forgets a call that was not sent after all', async () => {
    const { ask, log, clock } = world();
    const quota = { perMinute: 1 };
    const ticket = await ask('refused by the circuit', { quota, keep: true });
    void ask('next', { quota });
    await clock.advance(5_000);
    if (ticket && 'cancel' in ticket) ticket.cancel();
    await clock.advance(0);
    expect(log).toEqual(['0 refused by the circuit', '5000 next']);
  });

  it('tells a call that it waits, and how long at the least', async () => {
    const { clock, held, ask } = world();
    for (const name of ['a', 'b', 'c']) void ask(name);
    await clock.advance(15_000);
    void ask('d');
    void ask('e');
    expect(held).toEqual(['d quota 45000', 'e quota 45000']);
  });
});

describe('a quota by the minute and by the hour', () => {
  it('holds both', async () => {
    const { clock, log, ask } = world();
    const quota = { perMinute: 2, perHour: 3 };
    for (const name of ['a', 'b', 'c', 'd']) void ask(name, { quota });
    await clock.advance(2 * HOUR_MS);
    expect(log).toEqual(['0 a', '0 b', '60000 c', '3600000 d']);
  });

  it('is counted by groups', async () => {
    const { clock, log, ask } = world();
    const quota = { perMinute: 1 };
    void ask('a', { quota });
    void ask('b', { quota, group: 'alerts' });
    await clock.advance(0);
    expect(log).toEqual(['0 a', '0 b']);
  });

  it('is shortened with its minute', async () => {
    const { clock, log, ask } = world({ minuteMs: 1_000 });
    const quota = { perMinute: 1, perHour: 2 };
    for (const name of ['a', 'b', 'c']) void ask(name, { quota });
    await clock.advance(100_000);
    expect(log).toEqual(['0 a', '1000 b', '60000 c']);
  });
});

describe('limits that are given', () => {
  it('take the place of the documented ones', async () => {
    const { clock, log, ask } = world({ groups: { incidents: { perMinute: 1 } } });
    void ask('a');
    void ask('b');
    await clock.advance(MINUTE_MS);
    expect(log).toEqual(['0 a', '60000 b']);
  });

  it('may switch a group off, which is then held by pauses alone', async () => {
    const { clock, log, ask, refuse, gate } = world({ groups: { incidents: false } });
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    await clock.advance(0);
    expect(log).toHaveLength(4);
    refuse({}, 5_000);
    expect(gate.snapshot()).toEqual([{ group: 'incidents', pausedForMs: 5_000, waiting: 0 }]);
    void ask('held');
    await clock.advance(5_000);
    expect(log.at(-1)).toBe('5000 held');
    expect(gate.quotas()).toEqual([]);
  });

  it('do not matter to a group without limits', async () => {
    const { clock, log, ask } = world();
    for (const name of ['a', 'b', 'c', 'd']) void ask(name, { quota: {} });
    await clock.advance(0);
    expect(log).toHaveLength(4);
  });
});

describe('a call that waits', () => {
  const quota = { perMinute: 1 };

  it('is refused at once when its turn cannot come in time, and told when it would have', async () => {
    const { clock, log, ask } = world();
    void ask('sent', { quota });
    await clock.advance(20_000);
    void ask('late', { quota, limitMs: 39_999 });
    await clock.advance(0);
    expect(log.at(-1)).toBe('20000 late wait-too-long 40000');
  });

  it('is not refused when its turn comes just in time', async () => {
    const { clock, log, ask } = world();
    void ask('sent', { quota });
    void ask('just in time', { quota, limitMs: MINUTE_MS });
    await clock.advance(MINUTE_MS - 1);
    expect(log).toEqual(['0 sent']);
  });

  it('reckons with those before it', async () => {
    const { clock, log, ask } = world();
    for (const name of ['sent', 'first', 'second']) void ask(name, { quota });
    void ask('third', { quota, limitMs: 3 * MINUTE_MS - 1 });
    await clock.advance(0);
    expect(log.at(-1)).toBe('0 third wait-too-long 180000');
  });

  it('is refused at its deadline when others went before it', async () => {
    const { clock, log, ask } = world();
    void ask('sent', { quota });
    void ask('waits', { quota, limitMs: 90_000 });
    await clock.advance(1_000);
    void ask('urgent', { quota, priority: 1 });
    await clock.advance(100_000);
    expect(log).toEqual(['0 sent', '60000 urgent', '90000 waits wait-too-long 30000']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('is refused when its time is up, whenever it came, and is listened to no more', async () => {
    const { clock, log, ask, refuse } = world();
    await clock.advance(20_000);
    await ask('sent', { quota });
    const { signal } = new AbortController();
    void ask('waits', { quota, signal, limitMs: 90_000 });
    void ask('urgent', { quota, priority: 1 });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await clock.advance(90_000);
    expect(log).toEqual(['20000 sent', '80000 urgent', '110000 waits wait-too-long 30000']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    refuse(CPU, 0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leaves the queue when its caller aborts, with the caller’s reason', async () => {
    const { clock, log, gate, ask } = world();
    const controller = new AbortController();
    void ask('sent', { quota });
    const aborted = failed(ask('aborted', { quota, signal: controller.signal }));
    void ask('next', { quota });
    await clock.advance(1_000);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(gate.quotas()[0]?.waiting).toBe(1);
    await clock.advance(MINUTE_MS);
    expect(log).toEqual(['0 sent', '60000 next']);
  });

  it('is not let in when its caller has aborted before', async () => {
    const { ask } = world();
    await ask('sent', { quota });
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    expect(await failed(ask('aborted', { quota, signal }))).toBe(reason);
  });

  it('is refused when too many wait', async () => {
    const { clock, log, held, ask } = world({ maxWaiting: 2 });
    for (const name of ['sent', 'first', 'second', 'third']) void ask(name, { quota });
    await clock.advance(0);
    expect(log).toEqual(['0 sent', '0 third queue-full 180000']);
    expect(held).toEqual(['first quota 60000', 'second quota 120000']);
    // The two that wait, and the group.
    expect(clock.pendingTimers).toBe(3);
  });

  it('gives its place to a more urgent one when too many wait', async () => {
    const { clock, log, ask } = world({ maxWaiting: 2 });
    for (const name of ['sent', 'first', 'second']) void ask(name, { quota });
    void ask('urgent', { quota, priority: 5 });
    await clock.advance(2 * MINUTE_MS);
    expect(log).toEqual(['0 sent', '0 second queue-full 60000', '60000 urgent', '120000 first']);
  });
});

describe('limits by the name of a group', () => {
  it.each(['constructor', 'toString'])('are its own where it is called %s', async (group) => {
    const { clock, log, ask } = world({ groups: {} });
    const quota = { perMinute: 1 };
    for (const name of ['a', 'b']) void ask(name, { quota, group });
    await clock.advance(MINUTE_MS);
    expect(log).toEqual(['0 a', '60000 b']);
  });
});

describe('a call that is throttled', () => {
  const operation = { name: 'a', quotaGroup: 'incidents', quota: { perMinute: 40 } };
  const call = { group: 'incidents', operation, name: 'a', priority: 0 };
  const quota = { perMinute: 40 };

  it('cuts the limit no deeper than the one that was sent with it', async () => {
    const { clock, gate, ask } = world({ pause: false });
    await clock.advance(5);
    const permits = await Promise.all([0, 1].map((id) => ask(`${id}`, { quota, keep: true })));
    for (let id = 2; id < 10; id += 1) await ask(`${id}`, { quota });
    const limitAfter = async (permit: (typeof permits)[number]): Promise<number | undefined> => {
      await clock.advance(10);
      const kept = permit !== undefined && 'completed' in permit ? permit : undefined;
      gate.throttled(call, 1_000, failure429, kept);
      return gate.quotas()[0]?.windows[0]?.limit;
    };
    expect(await limitAfter(permits[0])).toBe(20);
    expect(await limitAfter(permits[1])).toBe(20);
    // Of a call that nobody knows it is taken that it was sent just now.
    expect(await limitAfter(undefined)).toBe(10);
  });

  it.each([
    [true, 28],
    [false, 29],
  ])('is no proof that more calls pass (throttled: %s)', async (throttled, limit) => {
    const { clock, gate, ask, refuse } = world({ pause: false });
    for (let id = 0; id < 31; id += 1) await ask(`${id}`, { quota });
    refuse({}, 1_000, { quota });
    await clock.advance(1.5 * MINUTE_MS);
    for (let id = 0; id < 27; id += 1) await ask(`${id}`, { quota });
    const probe = await ask('probe', { quota, keep: true });
    if (probe === undefined || 'refused' in probe) throw new Error('it was refused');
    if (throttled) gate.throttled(call, 1_000, { ...failure429, ...CPU }, probe);
    probe.completed();
    expect(gate.quotas()[0]?.windows[0]?.limit).toBe(limit);
  });
});

describe('closing a gate', () => {
  it('rejects the calls that wait, whatever held them, and leaves no timer', async () => {
    const { clock, gate, log, ask, refuse } = world({ groups: { alerts: false } });
    const quota = { perMinute: 1 };
    for (const name of ['sent', 'held']) void ask(name, { quota });
    refuse({}, 5_000, { group: 'alerts' });
    void ask('paused', { group: 'alerts' });
    await clock.advance(10);
    gate.endWaits();
    await clock.advance(0);
    expect(log).toEqual(['0 sent', '10 held closed 0', '10 paused closed 0']);
    expect(gate.snapshot()).toMatchObject([{ group: 'alerts', waiting: 0 }]);
    expect(clock.pendingTimers).toBe(0);
    await gate.close();
  });

  it.each([
    ['quota', undefined],
    ['pause', 5_000],
  ])('says that it was the %s that held them', async (heldBy, pauseMs) => {
    const { gate, clock, refuse, ask } = world();
    const quota = { perMinute: 1 };
    await ask('sent', { quota });
    if (pauseMs !== undefined) refuse({ values: { waitMs: pauseMs } }, pauseMs, { quota });
    const held = ask('held', { quota });
    await clock.advance(10);
    gate.endWaits();
    expect(await held).toEqual({ refused: 'closed', retryAfterMs: 0, heldBy });
  });
});

describe('the order', () => {
  const quota = { perMinute: 1 };

  it('is by priority, then in turn by operation, then first in, first out', async () => {
    const { clock, log, ask } = world();
    void ask('sent', { quota });
    for (const name of ['a1', 'a2', 'a3']) void ask(name, { quota, name: 'a' });
    for (const name of ['b1', 'b2']) void ask(name, { quota, name: 'b' });
    void ask('urgent', { quota, name: 'c', priority: 1 });
    void ask('idle', { quota, name: 'd', priority: -1 });
    await clock.advance(8 * MINUTE_MS);
    const order = log.map((line) => line.split(' ')[1]);
    expect(order).toEqual(['sent', 'urgent', 'a1', 'b1', 'a2', 'b2', 'a3', 'idle']);
  });

  it('lets an attempt that was refused go before those that came after it', async () => {
    const { clock, log, ask } = world();
    for (const name of ['sent', 'first', 'second']) void ask(name, { quota });
    void ask('again', { quota, attempt: 2 });
    await clock.advance(2 * MINUTE_MS);
    expect(log).toEqual(['0 sent', '60000 again', '120000 first']);
  });

  it('sends an urgent call behind a thousand others with the next free slot', async () => {
    const { clock, log, ask } = world({ maxWaiting: 1_000 });
    for (let index = 0; index <= 1_000; index += 1) void ask(`export ${index}`, { quota });
    await clock.advance(MINUTE_MS - 1);
    void ask('isolate', { quota, priority: 10 });
    await clock.advance(1);
    expect(log.at(-1)).toBe('60000 isolate');
  });
});

/** Refused for processing time: says nothing of the limit on calls. */
const CPU = { values: { waitMs: 7_000 } };

describe('a reserve for urgent calls', () => {
  const quota = { perMinute: 100 };

  it('is left by all others, and used by those at once', async () => {
    const { clock, log, ask } = world({ reserve: 0.02 });
    for (let call = 0; call < 110; call += 1) void ask(`export ${call}`, { quota });
    await clock.advance(1_000);
    expect(log).toHaveLength(98);
    for (const name of ['first', 'second', 'third']) void ask(name, { quota, priority: 1 });
    await clock.advance(1_000);
    expect(log.slice(98)).toEqual(['1000 first', '1000 second']);
    await clock.advance(MINUTE_MS);
    expect(log[100]).toBe('60000 third');
  });

  it('never takes the last call of a small limit', async () => {
    const { clock, log, ask } = world({ reserve: 0.5 });
    void ask('only', { quota: { perMinute: 1 } });
    await clock.advance(0);
    expect(log).toEqual(['0 only']);
  });
});

describe('a pause', () => {
  it('holds a group that has room, and tells so', async () => {
    const { clock, log, held, gate, ask, refuse } = world();
    await ask('a');
    refuse(CPU, 7_000);
    void ask('b');
    expect(held).toEqual(['b pause 7000']);
    expect(gate.snapshot()).toEqual([{ group: 'incidents', pausedForMs: 7_000, waiting: 1 }]);
    await clock.advance(7_000);
    expect(log).toEqual(['0 a', '7000 b']);
    expect(gate.snapshot()).toEqual([]);
  });

  it('may be switched off, and then teaches the limit alone', async () => {
    const { clock, log, gate, changes, ask, refuse } = world({ pause: false });
    await ask('a');
    refuse({ values: { limit: 2, windowMs: MINUTE_MS } }, 7_000);
    expect(gate.snapshot()).toEqual([]);
    expect(changes).toMatchObject([{ kind: 'limit', reason: 'announced', from: 3 }]);
    refuse(CPU, 7_000);
    void ask('b', { priority: 1 });
    await clock.advance(MINUTE_MS);
    expect(log).toHaveLength(2);
  });

  it('is told to the observer of a call as one, and a limit as one', async () => {
    const { clock, held, ask, refuse } = world();
    const quota = { perMinute: 1 };
    await ask('a', { quota });
    void ask('b', { quota });
    refuse(CPU, 7_000, { quota });
    void ask('c', { quota });
    await clock.advance(7_000);
    void ask('d', { quota });
    expect(held).toEqual(['b quota 60000', 'c pause 120000', 'd quota 173000']);
  });

  it('ends no wait that may last as long as it does', async () => {
    const { clock, log, ask, refuse } = world();
    refuse(CPU, 5_000);
    void ask('a', { limitMs: 10_000 });
    void ask('b', { limitMs: 9_999 });
    refuse(CPU, 10_000);
    await clock.advance(0);
    expect(log).toEqual(['0 b wait-too-long 10000']);
    await clock.advance(10_000);
    expect(log.at(-1)).toMatch(/^10000 a/);
  });

  it('is the longest of all', async () => {
    const { clock, log, ask, refuse } = world();
    refuse(CPU, 7_000);
    refuse(CPU, 3_000);
    void ask('a');
    await clock.advance(7_000);
    expect(log).toEqual(['7000 a']);
  });

  it('ends the wait at once of those that cannot wait for its end', async () => {
    const { clock, log, ask, refuse } = world();
    const quota = { perMinute: 1 };
    await ask('sent', { quota });
    void ask('short', { quota, limitMs: 100_000 });
    void ask('long', { quota });
    await clock.advance(1_000);
    refuse(CPU, 120_000, { quota });
    await clock.advance(0);
    expect(log.at(-1)).toBe('1000 short wait-too-long 120000');
    await clock.advance(120_000);
    expect(log.at(-1)).toBe('121000 long');
  });
});

describe('what a quota tells', () => {
  it('is empty before the first call', () => {
    expect(world().gate.quotas()).toEqual([]);
  });

  it('is its limit, what is used and what remains, who waits, and when the next call may go', async () => {
    const { clock, gate, ask } = world();
    const quota = { perMinute: 2, perHour: 50 };
    void ask('a', { quota });
    await clock.advance(10_000);
    void ask('b', { quota });
    void ask('c', { quota });
    await clock.advance(5_000);
    expect(gate.quotas()).toEqual([
      {
        group: 'incidents',
        windows: [
          { per: 'minute', limit: 2, used: 2, remaining: 0 },
          { per: 'hour', limit: 50, used: 2, remaining: 48 },
        ],
        waiting: 1,
        pausedForMs: 0,
        nextFreeMs: 45_000,
        counting: 'local',
      },
    ]);
    expect(gate.quotas()[0]).not.toHaveProperty('runningTime');
  });

  it('is bounded: what comes after a thousand groups is not counted', async () => {
    const { clock, gate, log, ask } = world();
    const quota = { perMinute: 1 };
    for (let index = 0; index < 1_001; index += 1) {
      void ask(`first ${index}`, { quota, group: `group ${index}` });
    }
    void ask('second of an early group', { quota, group: 'group 5' });
    void ask('second of a late group', { quota, group: 'group 1000' });
    await clock.advance(0);
    expect(gate.quotas()).toHaveLength(1_000);
    expect(log).toHaveLength(1_002);
    expect(log.at(-1)).toBe('0 second of a late group');
  });
});

describe('the running time of queries', () => {
  const quota = { perMinute: 100, runningMsPerHour: 600_000, runningMsPerDay: 1_000_000 };

  it('is learned from how long they took, and holds further ones', async () => {
    const { clock, gate, log, ask } = world();
    for (let query = 0; query < 4; query += 1) {
      const ticket = await ask(`query ${query}`, { quota, keep: true });
      await clock.advance(150_000);
      if (ticket && 'completed' in ticket) ticket.completed();
    }
    expect(gate.quotas()[0]?.runningTime).toEqual({ usedMs: 600_000, limitMs: 600_000 });
    void ask('held', { quota });
    await clock.advance(HOUR_MS);
    // The first query's time is an hour old at 3,750 s, and forgotten within a sixtieth of an hour.
    expect(log.at(-1)).toBe('3810000 held');
  });

  it('does not spread the calls that have room', async () => {
    const { clock, log, ask } = world();
    const hourly = { perMinute: 100, runningMsPerHour: 600_000 };
    for (const name of ['a', 'b', 'c']) void ask(name, { quota: hourly, keep: true });
    await clock.advance(0);
    expect(log).toHaveLength(3);
  });

  it('is reserved for those under way', async () => {
    const { clock, log, ask } = world();
    const hourly = { perMinute: 100, runningMsPerHour: 600_000 };
    const first = await ask('first', { quota: hourly, keep: true });
    await clock.advance(2_000_000);
    if (first && 'completed' in first) first.completed();
    await clock.advance(HOUR_MS + MINUTE_MS);
    // A query is expected to take 600 s now: one may run, two might cross the budget.
    const second = await ask('second', { quota: hourly, keep: true });
    void ask('third', { quota: hourly });
    await clock.advance(1_000);
    expect(log).toEqual(['0 first', '5660000 second']);
    if (second && 'completed' in second) second.completed();
    await clock.advance(0);
    expect(log.at(-1)).toBe('5661000 third');
  });

  it('is not reserved for one that was not sent after all', async () => {
    const { clock, log, ask } = world();
    const hourly = { perMinute: 100, runningMsPerHour: 600_000 };
    const first = await ask('first', { quota: hourly, keep: true });
    await clock.advance(400_000);
    if (first && 'completed' in first) first.completed();
    const second = await ask('second', { quota: hourly, keep: true });
    void ask('third', { quota: hourly });
    await clock.advance(1_000);
    expect(log).toHaveLength(2);
    if (second && 'cancel' in second) second.cancel();
    await clock.advance(0);
    expect(log.at(-1)).toBe('401000 third');
  });
});
