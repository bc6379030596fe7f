import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PromObserver, promObserver } from '../src/index.ts';
import { call, failure, start } from './support/drive.ts';
import { lines } from './support/exposition.ts';

const STATE = /^defender_client_((?:failures_since|last_success|last_error|start_time)\S*)/;

const forbidden = failure('Forbidden', 403);
const disabled = failure('DisabledFeature', 403);

let register: Registry;
let observer: PromObserver;
let now: number;

beforeEach(() => {
  register = new Registry();
  now = 1_000_000;
  observer = promObserver({ register, exemplars: false, clock: { epoch: () => now } });
});

async function state(): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(
    lines(await register.metrics()).flatMap(({ series, value }) => {
      const name = STATE.exec(series)?.[1];
      return name === undefined
        ? []
        : [[name.replaceAll('operation="incidents.list"', 'op'), value]];
    }),
  );
}

/** One call that ends at `at` seconds. */
function callAt(at: number, how: Parameters<typeof call>[1] = {}): void {
  now = at * 1_000;
  call(observer, how);
}

describe('the state of an operation', () => {
  it('is unknown before its first call', async () => {
    expect(await state()).toEqual({ start_time_seconds: 1_000 });
  });

  it('has no success until a call succeeds', async () => {
    observer.call?.(start);
    expect(await state()).toMatchObject({ 'last_success_timestamp_seconds{op}': 0 });
    callAt(2_000);
    expect(await state()).toMatchObject({ 'last_success_timestamp_seconds{op}': 2_000 });
  });

  it('counts the failures of each code since the last success, other codes in between', async () => {
    callAt(2_000);
    for (const [at, failed] of [
      [2_001, forbidden],
      [2_002, disabled],
      [2_003, forbidden],
    ] as const) {
      callAt(at, { failure: failed });
    }
    expect(await state()).toEqual({
      start_time_seconds: 1_000,
      'last_success_timestamp_seconds{op}': 2_000,
      'failures_since_success{op,code="Forbidden",class="permission"}': 2,
      'failures_since_success{op,code="DisabledFeature",class="permission"}': 1,
      'last_error_timestamp_seconds{op,code="Forbidden",class="permission"}': 2_003,
      'last_error_timestamp_seconds{op,code="DisabledFeature",class="permission"}': 2_002,
    });
    callAt(2_010);
    expect(await state()).toMatchObject({
      'last_success_timestamp_seconds{op}': 2_010,
      'failures_since_success{op,code="Forbidden",class="permission"}': 0,
      'failures_since_success{op,code="DisabledFeature",class="permission"}': 0,
      'last_error_timestamp_seconds{op,code="Forbidden",class="permission"}': 2_003,
    });
  });

  it('is that of its own operation alone', async () => {
    callAt(2_000, { failure: forbidden });
    callAt(2_001, { start: { operation: 'alerts.list' } });
    expect(await state()).toMatchObject({
      'last_success_timestamp_seconds{op}': 0,
      'failures_since_success{op,code="Forbidden",class="permission"}': 1,
    });
  });

  it('does not change when a call is cancelled', async () => {
    callAt(2_000, { failure: forbidden });
    const before = await state();
    callAt(2_001, {
      failure: { code: 'Cancelled', message: '', verdict: 'terminal', source: 'cancelled' },
      end: { outcome: 'cancelled', giveUpReason: 'cancelled' },
    });
    expect(await state()).toEqual(before);
  });

  it('counts a call that was rejected without being sent', async () => {
    now = 2_000_000;
    observer.call?.(start)?.end?.({
      outcome: 'rejected',
      attempts: 0,
      durationMs: 0,
      failure: { code: 'CircuitOpen', message: '', verdict: 'retryable', source: 'circuit' },
      giveUpReason: 'circuit-open',
    });
    expect(await state()).toMatchObject({
      'failures_since_success{op,code="CircuitOpen",class="local"}': 1,
    });
  });

  it('survives resetMetrics() and a cleared registry', async () => {
    callAt(2_000);
    callAt(2_001, { failure: forbidden });
    const before = await state();
    register.resetMetrics();
    expect(await state()).toEqual(before);
    register.clear();
    observer.call?.({ ...start, operation: 'alerts.list' });
    expect(await state()).toMatchObject(before);
  });

  it('is bounded: further operations share a series', async () => {
    const few = promObserver({ register, exemplars: false, prefix: 'few_', maxOperations: 2 });
    for (let index = 0; index < 10; index += 1) {
      call(few, { start: { operation: `op-${index}` }, failure: failure(`Made${index}`, 400) });
    }
    const page = await register.metrics();
    expect(page.match(/^few_last_success_timestamp_seconds\{/gm)).toHaveLength(3);
    expect(page.match(/^few_failures_since_success\{/gm)).toHaveLength(3);
    expect(page).toMatch(
      /^few_failures_since_success\{operation="_OTHER",code="_OTHER",class="\w+"\} 8$/m,
    );
  });
});
