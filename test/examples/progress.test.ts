import type { Failure } from '@defender-resilience/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobProgress } from '../../examples/support/progress.ts';

const FAILURE: Failure = {
  code: 'TooManyRequests',
  status: 429,
  message: '',
  verdict: 'retryable',
  source: 'api',
};

const CALL = { operation: 'incidents.list', client: 'fetch', quotaGroup: 'incidents' } as const;

function shownBy(isTTY: boolean, every?: number): { progress: JobProgress; shown: string[] } {
  const shown: string[] = [];
  const screen = { isTTY, columns: 60, write: (text: string) => shown.push(text) };
  return {
    progress: new JobProgress({ screen, ...(every === undefined ? {} : { every }) }),
    shown,
  };
}

function waitOf(progress: JobProgress, delayMs: number): void {
  const call = progress.observer.call?.(CALL);
  call?.retry?.({ nextAttempt: 2, delayMs, source: 'retry-after', failure: FAILURE });
}

describe('on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 31, 12) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is one line that changes, and is gone at the end', () => {
    const { progress, shown } = shownBy(true);
    progress.step('1 page');
    progress.step('2 pages');
    progress.end();
    expect(shown).toEqual(['\r\x1b[K1 page', '\r\x1b[K2 pages', '\r\x1b[K']);
  });

  it('counts a wait down, and says why', () => {
    const { progress, shown } = shownBy(true);
    progress.step('1 page');
    waitOf(progress, 90_000);
    vi.advanceTimersByTime(1_000);
    progress.observer.call?.(CALL)?.attempt?.({ attempt: 2, delayMs: 90_000 });
    vi.advanceTimersByTime(1_000);
    progress.end();
    vi.advanceTimersByTime(5_000);
    expect(shown.map((text) => text.replace(/\d\d:\d\d:\d\d/, 'TIME'))).toEqual([
      '\r\x1b[K1 page',
      '\r\x1b[Kwaits 90.0 s until TIME (429 TooManyRequests) · 1 page',
      '\r\x1b[Kwaits 89.0 s until TIME (429 TooManyRequests) · 1 page',
      '\r\x1b[K1 page',
      '\r\x1b[K',
    ]);
  });

  it('is never wider than the terminal, so that it can be overwritten', () => {
    const { progress, shown } = shownBy(true);
    progress.step('x'.repeat(200));
    progress.end();
    expect(shown[0]).toBe(`\r\x1b[K${'x'.repeat(59)}`);
  });
});

describe('elsewhere', () => {
  it('is a line at every so many steps, and for waits that last', () => {
    const { progress, shown } = shownBy(false, 2);
    for (const page of [1, 2, 3, 4, 5]) progress.step(`${page} pages`);
    waitOf(progress, 4_000);
    waitOf(progress, 900_000);
    const held = { attempt: 1, group: 'incidents', delayMs: 6_000 };
    progress.observer.call?.(CALL)?.throttled?.({ ...held, reason: 'quota' });
    progress.observer.call?.(CALL)?.throttled?.({ ...held, reason: 'pause' });
    expect(shown.map((text) => text.replace(/\d\d:\d\d:\d\d/, 'TIME'))).toEqual([
      '2 pages\n',
      '4 pages\n',
      'waits 15 min until TIME (429 TooManyRequests)\n',
      'waits 6.0 s until TIME (quota)\n',
      'waits 6.0 s until TIME (the service asked for a pause)\n',
    ]);
    expect(progress.end()).toBe('0 requests, 2 retries, 0 new tokens, 4 waits (15 min)');
  });
});
