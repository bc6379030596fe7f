import type { QuotaState } from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { ExportLine } from '../../examples/quota/line.ts';
import { endOf } from './run.ts';

it('exports at the limit, is not throttled, and puts an urgent call before the rest', async () => {
  const { code, stdout } = await endOf({
    path: 'examples/quota/main.ts',
    args: ['--incidents', '250', '--minute-ms', '1500'],
    env: {},
  });
  expect(stdout).toContain('250 of 250 incidents exported, 0 calls refused with 429');
  expect(stdout).toMatch(/an urgent call in the middle of it took \d+ ms/);
  expect(stdout).toMatch(/in [23]\.\d of the quota's minutes/);
  expect(stdout).toContain('In this demo a minute lasts 1.5 s');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

it('explains its options', async () => {
  const { code, stdout } = await endOf({
    path: 'examples/quota/main.ts',
    args: ['--help'],
    env: {},
  });
  expect(stdout).toContain('--minute-ms MS');
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

it.each([
  [['--incidents', 'many'], '--incidents takes a whole number from 1 to 100000, got many'],
  [['--minutes', '1'], "Unknown option '--minutes'"],
])('says what is wrong with %o, and runs nothing', async (args, message) => {
  const { code, stdout, stderr } = await endOf({ path: 'examples/quota/main.ts', args, env: {} });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect([code, stdout]).toEqual([1, '']);
});

const STATE: QuotaState = {
  group: 'incidents.get',
  windows: [{ per: 'minute', limit: 100, used: 99, remaining: 1 }],
  waiting: 20,
  pausedForMs: 0,
  nextFreeMs: 1_500,
  counting: 'local',
};

describe('the live line', () => {
  it.each([true, false])(
    'says how far it is, how much is used, and when it ends (on a terminal: %s)',
    (isTTY) => {
      vi.useFakeTimers();
      try {
        const written: string[] = [];
        const line = new ExportLine({
          total: 1_000,
          minuteMs: 4_000,
          state: () => STATE,
          screen: { isTTY, columns: 200, write: (text) => written.push(text) },
        });
        line.done(350);
        vi.advanceTimersByTime(4_000);
        const text = '350/1000 · 99 of 100 a minute · 20 waiting, next in 1.5 s · 28.0 s left';
        expect(text.length).toBeLessThan(80);
        expect(written).toHaveLength(isTTY ? 20 : 1);
        expect(written[0]).toBe(isTTY ? `\r\x1b[K${text}` : `${text}\n`);
        line.end(['done']);
        expect(written.at(-2)).toBe('done\n');
        vi.advanceTimersByTime(40_000);
        expect(written.at(-1)).toMatch(/^in 1\.0 of the quota's minutes/);
      } finally {
        vi.useRealTimers();
      }
    },
  );
});
