import { setTimeout as passed } from 'node:timers/promises';
import type { QuotaStore, StoreWindow, TakeAnswer } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';

/** A store of a test, and its time. */
export interface TestedStore {
  readonly store: QuotaStore;
  /** Lets milliseconds pass for the store. */
  readonly pass: (ms: number) => Promise<void>;
  /** Makes the store forget everything. */
  readonly flush?: () => Promise<void>;
}

const MINUTE_MS = 1_000;
const TRANSIT_MS = 400;

interface Asked {
  readonly group?: string;
  readonly process?: string;
  readonly windows?: readonly StoreWindow[];
}

/** Real time passes a little more than asked. */
export const realTime = (ms: number): Promise<void> => passed(ms + 5);

let groups = 0;

/** What every store must do. */
export function storeContract(name: string, make: () => Promise<TestedStore> | TestedStore): void {
  const setup = async (limit = 2) => {
    const tested = await make();
    groups += 1;
    const own = `group ${groups}`;
    const { store } = tested;
    const minute: StoreWindow = { windowMs: MINUTE_MS, limit };
    const take = (permit: string, asked: Asked = {}): Promise<TakeAnswer> => {
      const { group = own, process = 'a', windows = [minute] } = asked;
      return store.take({ group, permit, process, windows, transitMs: TRANSIT_MS });
    };
    /** Takes a place for a call that is answered at once. */
    const call = async (permit: string, asked: Asked = {}): Promise<TakeAnswer> => {
      const answer = await take(permit, asked);
      if (answer.granted) await store.settle(asked.group ?? own, permit, answer.takenAt);
      return answer;
    };
    const report = (news: Omit<Parameters<QuotaStore['report']>[1], 'keepMs'>): Promise<void> =>
      store.report(own, { ...news, keepMs: MINUTE_MS });
    return { ...tested, group: own, minute, take, call, report };
  };

  describe(`${name}, as a quota store,`, () => {
    it('grants as many places as a window has, and says when the next is free', async () => {
      const { call } = await setup();
      expect(await call('1')).toMatchObject({ granted: true, waitMs: 0, used: [1] });
      expect(await call('2')).toMatchObject({ granted: true, used: [2] });
      const refused = await call('3');
      expect(refused).toMatchObject({ granted: false, used: [2] });
      expect(refused.waitMs).toBeGreaterThan(MINUTE_MS / 2);
      expect(refused.waitMs).toBeLessThanOrEqual(MINUTE_MS + 1);
    });

    it('slides: a place is free again a window after its call arrived', async () => {
      const { call, pass } = await setup(1);
      await call('1');
      const { waitMs } = await call('2');
      await pass(waitMs);
      expect(await call('3')).toMatchObject({ granted: true, used: [1] });
    });

    it('counts a call that is not settled until it must have arrived', async () => {
      const { take, store, group } = await setup(1);
      const { takenAt } = await take('1');
      const before = await take('2');
      expect(before.waitMs).toBeGreaterThan(MINUTE_MS);
      await store.settle(group, '1', takenAt + 100);
      const after = await take('2');
      expect(after.waitMs).toBeLessThanOrEqual(before.waitMs - TRANSIT_MS + 100 + 1);
    });

    it('frees the place of a call that was not sent after all', async () => {
      const { take, store, group } = await setup(1);
      await take('1');
      await store.settle(group, '1', undefined);
      expect(await take('2')).toMatchObject({ granted: true, used: [1] });
    });

    it('forgets a settled call that it never knew', async () => {
      const { take, store, group } = await setup(1);
      await store.settle(group, 'unknown', 0);
      expect(await take('1')).toMatchObject({ granted: true, used: [1] });
    });

    it('gives one place to a permit, however often it is asked for', async () => {
      const { take } = await setup();
      await take('1');
      expect(await take('1')).toMatchObject({ granted: true, used: [1] });
      await take('2');
      // Also where all are taken.
      expect(await take('1')).toMatchObject({ granted: true, waitMs: 0, used: [2] });
    });

    it('leaves no trace of a call that it refused', async () => {
      const { call, store, group } = await setup(1);
      await call('1');
      await call('2');
      await store.settle(group, '1', undefined);
      expect(await call('3')).toMatchObject({ granted: true, used: [1] });
    });

    it('takes a place in every window or in none', async () => {
      const { call, minute } = await setup(3);
      const hour = { windowMs: 10 * MINUTE_MS, limit: 2 };
      const windows = [minute, hour];
      await call('1', { windows });
      await call('2', { windows });
      const refused = await call('3', { windows });
      expect(refused).toMatchObject({ granted: false, used: [2, 2] });
      expect(refused.waitMs).toBeGreaterThan(9 * MINUTE_MS);
      expect(await call('4', { windows: [minute] })).toMatchObject({ granted: true, used: [3] });
    });

    it('follows limits that change', async () => {
      const { call, minute } = await setup(1);
      await call('1');
      expect(await call('2', { windows: [{ ...minute, limit: 3 }] })).toMatchObject({
        granted: true,
      });
      const refused = await call('3', { windows: [{ ...minute, limit: 1 }] });
      expect(refused).toMatchObject({ granted: false, used: [2] });
    });

    it('counts groups apart, and all processes of one together', async () => {
      const { call, group } = await setup(2);
      expect(await call('1', { process: 'a' })).toMatchObject({ granted: true, processes: 1 });
      expect(await call('2', { process: 'b' })).toMatchObject({ granted: true, processes: 2 });
      expect((await call('3', { process: 'c' })).granted).toBe(false);
      expect((await call('1', { group: `${group}, other` })).granted).toBe(true);
    });

    it('forgets a process that has not asked for a window', async () => {
      const { call, pass } = await setup();
      await call('1', { process: 'a' });
      await pass(MINUTE_MS);
      expect((await call('2', { process: 'b' })).processes).toBe(1);
    });

    it('says how things stand, and takes nothing, without windows', async () => {
      const { take, call } = await setup(1);
      expect(await take('', { windows: [], process: 'b' })).toMatchObject({ granted: true });
      expect(await call('1')).toMatchObject({ granted: true, used: [1] });
      await take('', { windows: [] });
      expect((await call('2')).granted).toBe(false);
    });

    it('holds a pause for everybody; the longest wins', async () => {
      const { call, report, pass } = await setup();
      await report({ pauseMs: 300 });
      await report({ pauseMs: 100 });
      const refused = await call('1', { process: 'b' });
      expect(refused.granted).toBe(false);
      expect(refused.pausedForMs).toBeGreaterThan(150);
      expect(refused.waitMs).toBe(refused.pausedForMs);
      await pass(300);
      expect(await call('2')).toMatchObject({ granted: true, pausedForMs: 0 });
    });

    it('passes on the latest limit that was learned, with its age', async () => {
      const { call, report, pass } = await setup();
      await report({ limits: [{ windowMs: MINUTE_MS, limit: 70 }] });
      await report({ limits: [{ windowMs: MINUTE_MS, limit: 60 }] });
      await pass(100);
      const { limits } = await call('1');
      expect(limits).toMatchObject([{ windowMs: MINUTE_MS, limit: 60 }]);
      expect(limits[0]?.ageMs).toBeGreaterThanOrEqual(100);
    });

    it('takes back calls that it lost, and keeps those that it has', async () => {
      const { call, take, report } = await setup(3);
      await call('1');
      const calls = [
        { permit: '1', ageMs: 900 },
        { permit: '2', ageMs: 500 },
        { permit: '3', ageMs: -200 },
        { permit: 'old', ageMs: 2 * MINUTE_MS },
      ];
      await report({ calls });
      const refused = await take('4');
      expect(refused).toMatchObject({ granted: false, used: [3] });
      // The one that is half a window old leaves first.
      expect(refused.waitMs).toBeLessThanOrEqual(500);
    });

    it('grants no more than there is room for when all ask at once', async () => {
      const { call } = await setup(20);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => call(String(index), { process: `${index % 5}` })),
      );
      expect(answers.filter(({ granted }) => granted)).toHaveLength(20);
    });

    it('keeps its epoch until it has lost what it held', async () => {
      const { call, flush } = await setup();
      const { epoch } = await call('1');
      expect((await call('2')).epoch).toBe(epoch);
      if (flush === undefined) return;
      await flush();
      expect((await call('3')).epoch).not.toBe(epoch);
    });
  });
}
