import type { Clock, QuotaChange, QuotaStore } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { StoreConnection } from '../../src/quota/store-connection.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

const TIMEOUT_MS = 2_000;
const PROBE_MS = 1_000;
const AWAY = new Error('the store is away');

const refuse = (): Promise<never> => Promise.reject(AWAY);
const hang = (): Promise<never> => new Promise(() => undefined);
const STORE: QuotaStore = { take: hang, settle: hang, report: hang };

interface Setup {
  readonly clock: ManualClock;
  readonly connection: StoreConnection;
  readonly changes: QuotaChange[];
  /** When the listeners were called, and whether the store was away then. */
  readonly heard: string[];
  /** The timers that do not keep the process running, by their delay. */
  readonly background: number[];
  /** How the probe answers. */
  readonly probes: number[];
  probe: () => Promise<unknown>;
  ask(question: (store: QuotaStore) => Promise<unknown>): Promise<unknown>;
}

function setup(): Setup {
  const clock = manualClock();
  const background: number[] = [];
  const watched: Clock = {
    now: () => clock.now(),
    epoch: () => clock.epoch(),
    timer(callback, delayMs, options) {
      if (options?.keepAlive === false) background.push(delayMs);
      return clock.timer(callback, delayMs);
    },
  };
  const changes: QuotaChange[] = [];
  const settings = { timeoutMs: TIMEOUT_MS, probeMs: PROBE_MS };
  const connection = new StoreConnection(STORE, watched, settings, (one) => changes.push(one));
  const heard: string[] = [];
  connection.onChange(() => heard.push(`${clock.now()} ${connection.away ? 'lost' : 'back'}`));
  const probes: number[] = [];
  const made: Setup = {
    clock,
    connection,
    changes,
    heard,
    background,
    probes,
    probe: refuse,
    ask(question) {
      return connection.ask(question, () => {
        probes.push(clock.now());
        return made.probe();
      });
    },
  };
  return made;
}

describe('the connection to a store', () => {
  it('asks it, and leaves nothing behind', async () => {
    const { clock, connection, ask, changes } = setup();
    const answer = clock.settle(ask(async (store) => (store === STORE ? 'yes' : 'no')));
    expect(await answer).toBe('yes');
    expect([connection.away, changes.length, clock.pendingTimers]).toEqual([false, 0, 0]);
  });

  it('asks again every 100 ms where a question fails, and gives the answer that comes', async () => {
    const { clock, ask, changes } = setup();
    const asked: number[] = [];
    const answer = clock.settle(
      ask(async () => {
        asked.push(clock.now());
        if (clock.now() < 300) throw AWAY;
        return 'at last';
      }),
    );
    expect(await answer).toBe('at last');
    expect(asked).toEqual([0, 100, 200, 300]);
    expect([changes.length, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('gives up a store that fails for as long as it may, with the reason, once', async () => {
    const { clock, connection, ask, changes, heard } = setup();
    const answers = [ask(refuse), ask(refuse)];
    await clock.advance(TIMEOUT_MS - 1);
    expect(connection.away).toBe(false);
    await clock.advance(1);
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
    expect(connection.away).toBe(true);
    expect(changes).toEqual([{ kind: 'store', state: 'lost', error: AWAY }]);
    expect(heard).toEqual(['2000 lost']);
  });

  it('gives up a store that does not answer in time, without a reason', async () => {
    const { clock, connection, ask, changes, heard } = setup();
    const answer = ask(hang);
    await clock.advance(TIMEOUT_MS - 1);
    expect(connection.away).toBe(false);
    await clock.advance(1);
    expect(await answer).toBeUndefined();
    expect(changes).toEqual([{ kind: 'store', state: 'lost' }]);
    expect(heard).toEqual(['2000 lost']);
  });

  it('takes an answer in the last moment', async () => {
    const { clock, ask, changes } = setup();
    const late = (): Promise<string> =>
      new Promise((resolve) => {
        clock.timer(() => resolve('late'), TIMEOUT_MS - 1);
      });
    const answer = ask(late);
    await clock.advance(TIMEOUT_MS - 1);
    expect(await answer).toBe('late');
    expect([changes.length, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('does not take a stalled process for a slow store: what has come meanwhile counts', async () => {
    const clock = manualClock();
    let stalledMs = 0;
    const stalled: Clock = { ...clock, now: () => clock.now() + stalledMs };
    const changes: unknown[] = [];
    const settings = { timeoutMs: TIMEOUT_MS, probeMs: PROBE_MS };
    const connection = new StoreConnection(STORE, stalled, settings, (one) => changes.push(one));
    const { promise, resolve } = Promise.withResolvers<string>();
    const answer = connection.ask(() => promise, refuse);
    stalledMs = 60_000;
    await clock.advance(TIMEOUT_MS / 10);
    resolve('here');
    expect(await answer).toBe('here');
    expect(changes).toEqual([]);
  });

  it('is not lost while each question is answered in time, however often it fails', async () => {
    const { clock, connection, ask, changes } = setup();
    for (let round = 0; round < 3; round += 1) {
      const since = clock.now();
      const answer = ask(async () => {
        if (clock.now() - since < 1_500) throw AWAY;
        return 'answered';
      });
      await clock.advance(1_500);
      expect(await answer).toBe('answered');
    }
    expect([connection.away, changes.length]).toEqual([false, 0]);
  });

  it('is lost with the first question that was not answered in time', async () => {
    const { clock, connection, ask, heard } = setup();
    const first = ask(hang);
    await clock.advance(1_950);
    const second = ask(refuse);
    await clock.advance(50);
    expect(connection.away).toBe(true);
    expect(await first).toBeUndefined();
    await clock.advance(50);
    expect(await second).toBeUndefined();
    expect(heard).toEqual(['2000 lost']);
  });

  it('ends the questions that are under way when it gives up, and asks no more', async () => {
    const { clock, connection, ask, changes } = setup();
    void ask(hang);
    await clock.advance(1_000);
    const other = ask(hang);
    await clock.advance(1_000);
    expect(await other).toBeUndefined();
    let asked = 0;
    const later = ask(async () => {
      asked += 1;
    });
    expect(await later).toBeUndefined();
    expect([asked, connection.away, changes.length]).toEqual([0, true, 1]);
    // The probe alone.
    expect(clock.pendingTimers).toBe(1);
  });

  it('asks no more for a question that failed just before the store was lost', async () => {
    const { clock, ask, changes } = setup();
    void ask(hang);
    await clock.advance(1_950);
    let asked = 0;
    const answer = ask(() => {
      asked += 1;
      return refuse();
    });
    await clock.advance(500);
    expect(await answer).toBeUndefined();
    expect([asked, changes.length]).toEqual([1, 1]);
  });

  it('looks for a lost store in the background every second until it is back', async () => {
    const made = setup();
    const { clock, connection, ask, changes, heard, background, probes } = made;
    void ask(hang);
    await clock.advance(TIMEOUT_MS + 2 * PROBE_MS);
    expect(probes).toEqual([3_000, 4_000]);
    expect(connection.away).toBe(true);
    made.probe = async () => 'I am back';
    await clock.advance(PROBE_MS);
    expect(probes).toEqual([3_000, 4_000, 5_000]);
    expect(connection.away).toBe(false);
    expect(changes.at(-1)).toEqual({ kind: 'store', state: 'back' });
    expect(heard).toEqual(['2000 lost', '5000 back']);
    // Only what looks for the store lets the process end.
    expect(background).toEqual([PROBE_MS, PROBE_MS, PROBE_MS]);
    expect(clock.pendingTimers).toBe(0);
    expect(await ask(async () => 'answered')).toBe('answered');
    expect(changes).toHaveLength(2);
  });

  it('gives a probe the time of any question', async () => {
    const made = setup();
    made.probe = hang;
    void made.ask(hang);
    await made.clock.advance(TIMEOUT_MS + PROBE_MS + TIMEOUT_MS + PROBE_MS);
    expect(made.probes).toEqual([3_000, 6_000]);
  });

  it('gives a store that came back all the time again', async () => {
    const made = setup();
    const { clock, connection, ask } = made;
    made.probe = async () => 'back';
    void ask(refuse);
    await clock.advance(TIMEOUT_MS + PROBE_MS);
    expect(connection.away).toBe(false);
    void ask(refuse);
    await clock.advance(TIMEOUT_MS - 1);
    expect(connection.away).toBe(false);
    await clock.advance(1);
    expect(connection.away).toBe(true);
  });
});

describe('closing the connection', () => {
  it('waits for the answers that are under way, and for what these lead to', async () => {
    const { clock, connection, ask } = setup();
    const answered: string[] = [];
    const in50 = (name: string) => (): Promise<void> =>
      new Promise((resolve) => {
        clock.timer(() => {
          answered.push(name);
          resolve();
        }, 50);
      });
    void ask(in50('first')).then(() => ask(in50('second')));
    let closed = false;
    void connection.close().then(() => {
      closed = true;
    });
    await clock.advance(99);
    expect([closed, answered]).toEqual([false, ['first']]);
    await clock.advance(1);
    expect([closed, answered]).toEqual([true, ['first', 'second']]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('looks no more for a store that is away', async () => {
    const { clock, connection, ask, probes } = setup();
    void ask(hang);
    await clock.advance(TIMEOUT_MS);
    await connection.close();
    await clock.advance(10 * PROBE_MS);
    expect([probes, clock.pendingTimers]).toEqual([[], 0]);
  });

  it('does not begin to look for a store that is lost meanwhile', async () => {
    const { clock, connection, ask, probes } = setup();
    void ask(hang);
    await clock.settle(connection.close());
    await clock.advance(10 * PROBE_MS);
    expect([connection.away, probes, clock.pendingTimers]).toEqual([true, [], 0]);
  });
});
