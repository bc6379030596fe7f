import {
  type CallOutcome,
  type CircuitState,
  type GiveUpReason,
  metricCodes,
} from '@defender-resilience/core';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PromObserver, promObserver } from '../src/index.ts';
import { metrics } from '../src/metrics.ts';
import { call, failure, start } from './support/drive.ts';
import { happened, lines } from './support/exposition.ts';

const forbidden = failure('Forbidden', 403);
const down = failure('InternalServerError', 500);

let register: Registry;
let observer: PromObserver;

beforeEach(() => {
  register = new Registry();
  observer = promObserver({
    register,
    exemplars: false,
    clock: { epoch: () => 1_700_000_000_000 },
  });
});

const seen = async (): Promise<Readonly<Record<string, number>>> =>
  happened(await register.metrics());

describe('before the first call', () => {
  it('has every code at zero, so that the first Forbidden is an increase', async () => {
    const text = await register.metrics();
    for (const { code, class: kind } of metricCodes) {
      expect(text).toContain(`defender_client_errors_total{code="${code}",class="${kind}"} 0\n`);
    }
  });

  it('has every reason to reject and to give up at zero', async () => {
    const text = await register.metrics();
    for (const name of ['give_ups_total', 'rejections_total', 'retry_wait_seconds_total']) {
      const values = metrics.find((row) => row.name === name)?.labels[0]?.values;
      if (values?.kind !== 'listed') throw new Error(`${name} has no closed label`);
      expect(lines(text).filter(({ series }) => series.includes(name))).toHaveLength(
        values.values.length,
      );
    }
    expect(text).toContain('defender_client_rejections_total{reason="circuit_open"} 0\n');
  });

  it('tells its version', async () => {
    expect(await register.metrics()).toMatch(
      /^defender_client_info\{version="\d+\.\d+\.\d+\S*"\} 1$/m,
    );
  });
});

describe('a call', () => {
  it('that succeeds is counted once, with its duration', async () => {
    call(observer);
    expect(await seen()).toEqual({
      'operations_total{operation="incidents.list",outcome="success",code=""}': 1,
      'operation_duration_seconds_sum{operation="incidents.list",outcome="success"}': 0.1,
      'operation_duration_seconds_count{operation="incidents.list",outcome="success"}': 1,
      'attempts_total{operation="incidents.list",status="200"}': 1,
      'attempt_duration_seconds_sum{method="GET",status_class="2xx"}': 0.1,
      'attempt_duration_seconds_count{method="GET",status_class="2xx"}': 1,
      'circuit_state{circuit="api.security.microsoft.com incidents.list",operation="incidents.list",state="closed"}': 1,
      'last_success_timestamp_seconds{operation="incidents.list"}': 1_700_000_000,
      start_time_seconds: 1_700_000_000,
    });
  });

  it('that fails is counted by code, class and the reason to give up', async () => {
    call(observer, { failure: forbidden });
    expect(await seen()).toMatchObject({
      'errors_total{code="Forbidden",class="permission"}': 1,
      'give_ups_total{reason="terminal"}': 1,
      'operations_total{operation="incidents.list",outcome="failure",code="Forbidden"}': 1,
      'operation_duration_seconds_count{operation="incidents.list",outcome="failure"}': 1,
      'attempts_total{operation="incidents.list",status="403"}': 1,
      'last_error_timestamp_seconds{operation="incidents.list",code="Forbidden",class="permission"}': 1_700_000_000,
      'failures_since_success{operation="incidents.list",code="Forbidden",class="permission"}': 1,
    });
  });

  it('that succeeds at its second attempt is a retry and no error', async () => {
    call(observer, { retried: [down] });
    const now = await seen();
    expect(now).toMatchObject({
      'retries_total{operation="incidents.list",reason="InternalServerError"}': 1,
      'retry_wait_seconds_total{source="backoff"}': 1,
      'attempts_total{operation="incidents.list",status="500"}': 1,
      'attempts_total{operation="incidents.list",status="200"}': 1,
      'operations_total{operation="incidents.list",outcome="success",code=""}': 1,
    });
    expect(Object.keys(now).join()).not.toMatch(/errors_total|last_error/);
  });

  it('that was cancelled is no error', async () => {
    const cancelled = {
      code: 'Cancelled',
      message: '',
      verdict: 'terminal',
      source: 'cancelled',
    } as const;
    call(observer, {
      failure: cancelled,
      end: { outcome: 'cancelled', giveUpReason: 'cancelled' },
    });
    const now = await seen();
    expect(now['operations_total{operation="incidents.list",outcome="cancelled",code=""}']).toBe(1);
    expect(Object.keys(now).join()).not.toMatch(/errors_total|give_ups|last_error/);
  });

  it('that was refused is a rejection, whatever refused it', async () => {
    const open = {
      code: 'CircuitOpen',
      message: '',
      verdict: 'retryable',
      source: 'circuit',
    } as const;
    const refuse = (giveUpReason: GiveUpReason): void => {
      const watching = observer.call?.(start);
      watching?.end?.({
        outcome: 'rejected',
        attempts: 0,
        durationMs: 0,
        failure: open,
        giveUpReason,
      });
    };
    refuse('circuit-open');
    refuse('throttled');
    refuse('throttled');
    refuse('deadline');
    expect(await seen()).toMatchObject({
      'rejections_total{reason="circuit_open"}': 1,
      'rejections_total{reason="throttled"}': 2,
      'rejections_total{reason="_OTHER"}': 1,
      'errors_total{code="CircuitOpen",class="local"}': 4,
      'give_ups_total{reason="throttled"}': 2,
    });
  });

  it('that gives up has a series for every reason that core knows', async () => {
    const reasons: Readonly<Record<Exclude<GiveUpReason, 'cancelled'>, string>> = {
      terminal: 'terminal',
      'retries-exhausted': 'retries_exhausted',
      'budget-exhausted': 'budget_exhausted',
      deadline: 'deadline',
      'wait-too-long': 'wait_too_long',
      'not-replayable': 'not_replayable',
      'circuit-open': 'circuit_open',
      throttled: 'throttled',
      closed: 'closed',
    };
    const before = lines(await register.metrics()).length;
    call(observer, { failure: down });
    const after = lines(await register.metrics()).length;
    for (const giveUpReason of Object.keys(reasons)) {
      call(observer, { failure: down, end: { giveUpReason: giveUpReason as GiveUpReason } });
    }
    expect(lines(await register.metrics())).toHaveLength(after);
    expect(after).toBeGreaterThan(before);
    for (const label of Object.values(reasons)) {
      expect(await seen()).toHaveProperty([`give_ups_total{reason="${label}"}`]);
    }
  });

  it('is in flight until it ends', async () => {
    const first = observer.call?.(start);
    observer.call?.(start);
    expect(await seen()).toMatchObject({ operations_in_flight: 2 });
    first?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    expect(await seen()).toMatchObject({ operations_in_flight: 1 });
  });

  it('is in the queue until its attempt is sent, or until it ends', async () => {
    const [sent, ended] = [observer.call?.(start), observer.call?.(start)];
    const wait = { attempt: 1, group: 'incidents', delayMs: 2_500 };
    sent?.throttled?.(wait);
    ended?.throttled?.({ ...wait, reason: 'quota' });
    expect(await seen()).toMatchObject({
      queue_length: 2,
      'throttle_waits_total{quota_group="incidents",reason="pause"}': 1,
      'throttle_waits_total{quota_group="incidents",reason="quota"}': 1,
      'throttle_wait_seconds_total{quota_group="incidents",reason="pause"}': 2.5,
      'throttle_wait_seconds_total{quota_group="incidents",reason="quota"}': 2.5,
    });
    sent?.attempt?.({ attempt: 1, delayMs: 0 });
    expect(await seen()).toMatchObject({ queue_length: 1 });
    const outcome: CallOutcome = 'cancelled';
    ended?.end?.({ outcome, attempts: 0, durationMs: 1 });
    expect(Object.keys(await seen())).not.toContain('queue_length');
  });

  it('that is held twice is one call in the queue', async () => {
    const watching = observer.call?.(start);
    watching?.throttled?.({ attempt: 1, group: 'incidents', delayMs: 1 });
    watching?.throttled?.({ attempt: 1, group: 'incidents', delayMs: 1 });
    expect(await seen()).toMatchObject({ queue_length: 1 });
    watching?.attempt?.({ attempt: 1, delayMs: 0 });
    expect(Object.keys(await seen())).not.toContain('queue_length');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'that waits for %d ms leaves the sum of waits whole',
    async (delayMs) => {
      call(observer, { retried: [down], retry: { delayMs: 2_000 } });
      call(observer, { retried: [down], retry: { delayMs } });
      expect(await seen()).toMatchObject({ 'retry_wait_seconds_total{source="backoff"}': 2 });
    },
  );

  it('of a function has no method and no status', async () => {
    const { request: _, ...rest } = start;
    const watching = observer.call?.({ ...rest, client: 'function' });
    watching?.attempt?.({ attempt: 1, delayMs: 0 })?.end?.({ attempt: 1, durationMs: 1 });
    watching?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    expect(await seen()).toMatchObject({
      'attempts_total{operation="incidents.list",status="none"}': 1,
      'attempt_duration_seconds_count{method="none",status_class="none"}': 1,
    });
  });

  it.each([
    [206, '206', '2xx'],
    [418, '4xx', '4xx'],
    [599, '5xx', '5xx'],
    [99, 'none', 'none'],
    [600, 'none', 'none'],
    [200.5, 'none', 'none'],
    [Number.NaN, 'none', 'none'],
  ])('with the status %d has the labels %s and %s', async (status, label, statusClass) => {
    call(observer, { attempt: { status } });
    const now = await seen();
    expect(now).toHaveProperty([`attempts_total{operation="incidents.list",status="${label}"}`]);
    expect(now).toHaveProperty([
      `attempt_duration_seconds_count{method="GET",status_class="${statusClass}"}`,
    ]);
  });

  it('with a method of its own invention has the label _OTHER', async () => {
    const request = { method: 'PURGE', scheme: 'https', host: 'h', port: 443, url: '' };
    call(observer, { start: { request } });
    expect(await seen()).toHaveProperty([
      'attempt_duration_seconds_count{method="_OTHER",status_class="2xx"}',
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'with a duration of %d ms leaves the histograms whole',
    async (durationMs) => {
      call(observer, { attempt: { durationMs }, end: { durationMs } });
      call(observer);
      expect(await seen()).toMatchObject({
        'operation_duration_seconds_count{operation="incidents.list",outcome="success"}': 1,
        'operation_duration_seconds_sum{operation="incidents.list",outcome="success"}': 0.1,
      });
    },
  );

  it('falls into the bucket whose bound it does not exceed', async () => {
    for (const durationMs of [50, 51, 300_000, 300_001]) call(observer, { end: { durationMs } });
    const text = await register.metrics();
    const bucket = (le: string): number | undefined =>
      lines(text).find(({ series }) => series.includes(`_bucket{le="${le}",operation=`))?.value;
    expect([bucket('0.05'), bucket('0.1'), bucket('120'), bucket('300'), bucket('+Inf')]).toEqual([
      1, 2, 2, 3, 4,
    ]);
  });
});

describe('a circuit', () => {
  const name = 'api.security.microsoft.com incidents.list';
  const change = { circuit: name, operation: 'incidents.list' };
  const states = async (): Promise<readonly (number | undefined)[]> => {
    const text = await register.metrics();
    return ['closed', 'open', 'half_open'].map(
      (state) =>
        lines(text).find(({ series }) =>
          series.endsWith(`{circuit="${name}",operation="incidents.list",state="${state}"}`),
        )?.value,
    );
  };

  it('is closed from its first call on, with no transition yet', async () => {
    call(observer);
    expect(await states()).toEqual([1, 0, 0]);
    expect(await register.metrics()).toContain(
      `circuit_transitions_total{circuit="${name}",to="open"} 0\n`,
    );
  });

  it('is in exactly one state from change to change', async () => {
    observer.circuit?.({ ...change, from: 'closed', to: 'open', openMs: 1 });
    expect(await states()).toEqual([0, 1, 0]);
    observer.circuit?.({ ...change, from: 'open', to: 'half-open' });
    expect(await states()).toEqual([0, 0, 1]);
    observer.circuit?.({ ...change, from: 'half-open', to: 'closed' });
    expect(await states()).toEqual([1, 0, 0]);
    expect(await seen()).toMatchObject({
      [`circuit_transitions_total{circuit="${name}",to="open"}`]: 1,
      [`circuit_transitions_total{circuit="${name}",to="half_open"}`]: 1,
      [`circuit_transitions_total{circuit="${name}",to="closed"}`]: 1,
    });
  });

  it('is open as long as one of two wrappers has it open', async () => {
    const second = promObserver({ register, exemplars: false });
    for (const each of [observer, second]) {
      each.circuit?.({ ...change, from: 'closed', to: 'open', openMs: 1 });
    }
    observer.circuit?.({ ...change, from: 'open', to: 'half-open' });
    observer.circuit?.({ ...change, from: 'half-open', to: 'closed' });
    expect(await states()).toEqual([1, 1, 0]);
    second.circuit?.({ ...change, from: 'open', to: 'half-open' });
    expect(await states()).toEqual([1, 0, 1]);
  });

  it('of a function exists from its first call on as well', async () => {
    const observe = { operation: 'nightly.export', circuit: 'nightly.export' };
    call(observer, { start: observe });
    expect(await seen()).toHaveProperty([
      'circuit_state{circuit="nightly.export",operation="nightly.export",state="closed"}',
    ]);
  });

  it('that is switched off is none', async () => {
    const { circuit: _off, ...uncircuited } = start;
    observer
      .call?.({ ...uncircuited, operation: 'own.operation' })
      ?.end?.({ outcome: 'success', attempts: 1, durationMs: 1 });
    expect(await register.metrics()).not.toContain('own.operation",state=');
  });

  it('beyond the limit shares a series, which tells what the sharers are in', async () => {
    const narrow = promObserver({ register, exemplars: false, prefix: 'n_', maxCircuits: 1 });
    const go = (circuit: string, ...states: readonly CircuitState[]): void => {
      states.slice(1).forEach((to, index) => {
        const from = states[index] ?? 'closed';
        narrow.circuit?.({ circuit, operation: 'op', from, to });
      });
    };
    go('first', 'closed', 'open');
    for (const sharer of ['host-b', 'host-c']) go(sharer, 'closed', 'open');
    for (const sharer of ['host-b', 'host-c']) go(sharer, 'open', 'half-open', 'closed');
    go('host-b', 'closed', 'open');
    const page = await register.metrics();
    const others = 'n_circuit_state{circuit="_OTHER",operation="_OTHER",state';
    expect(page).toContain('n_circuit_state{circuit="first",operation="op",state="open"} 1\n');
    expect(page).toContain(`${others}="open"} 1\n`);
    expect(page).toContain(`${others}="closed"} 1\n`);
    expect(page).not.toContain('host-b');
  });
});

it('counts the responses from which a security provider is missing', async () => {
  const attempt = observer.call?.(start)?.attempt?.({ attempt: 1, delayMs: 0 });
  const partial = [{ vendor: 'Microsoft', provider: 'WDATP', status: 401, latencyMs: 228 }];
  attempt?.end?.({ attempt: 1, durationMs: 1, status: 206, partial });
  expect(await register.metrics()).toMatch(
    /^defender_client_partial_responses_total\{operation="[\w.]+"\} 1$/m,
  );
});
