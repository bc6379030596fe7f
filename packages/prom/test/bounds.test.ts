import type { QuotaState } from '@defender-resilience/core';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { type PromObserver, promObserver } from '../src/index.ts';
import { call, failure, start } from './support/drive.ts';
import { lines } from './support/exposition.ts';
import { openMetrics } from './support/registries.ts';

function quotaOf(group: string): QuotaState {
  return {
    group,
    windows: [{ per: 'minute', limit: 50, used: 1, remaining: 49 }],
    waiting: 0,
    pausedForMs: 0,
    nextFreeMs: 0,
    counting: 'local',
  };
}

/** A call with everything made up: the operation, the host, the code and the tracking ID. */
function madeUp(observer: PromObserver, index: number): void {
  const unique = `${index}-${(index * 2_654_435_761) % 4_294_967_296}`;
  const operation = `operation-${unique}`;
  const host = `${unique}.example.com`;
  const invented = failure(`Code${unique}`, 400 + (index % 200), { trackingId: unique });
  const request = {
    method: `M${index % 1_000}`,
    scheme: 'https',
    host,
    port: index % 60_000,
    url: '',
  };
  call(observer, {
    start: { operation, quotaGroup: `group-${unique}`, request },
    retried: index % 4 === 0 ? [invented] : [],
    ...(index % 2 === 0 ? { failure: invented } : {}),
  });
  if (index % 3 === 0) observer.quotas?.(() => [quotaOf(`group-${unique}`)]);
  if (index % 10 === 0) {
    observer.circuit?.({ circuit: `${host} ${operation}`, operation, from: 'closed', to: 'open' });
    observer.quota?.({
      kind: 'limit',
      group: `group-${unique}`,
      per: 'minute',
      from: 50,
      to: 40,
      reason: 'throttled',
    });
  }
}

const heap = (): number => {
  if (gc === undefined) throw new Error('The tests run with --expose-gc');
  void gc();
  return process.memoryUsage().heapUsed;
};

describe('a million calls with everything made up', () => {
  it('leave as many series and as much memory as ten thousand', { timeout: 120_000 }, async () => {
    const register = openMetrics();
    const trace = { traceId: '9fd20000000000000000000000000001', sampled: true };
    const observer = promObserver({ register, traceContext: () => trace });
    for (let index = 0; index < 10_000; index += 1) madeUp(observer, index);
    const series = lines(await register.metrics()).length;
    const before = heap();
    for (let index = 10_000; index < 1_000_000; index += 1) madeUp(observer, index);
    const after = heap();
    expect(lines(await register.metrics())).toHaveLength(series);
    expect(after - before).toBeLessThan(1_000_000);
  });
});

describe('a name that nobody should use as a label', () => {
  const label = async (operation: string): Promise<string | undefined> => {
    const register = new Registry();
    call(promObserver({ register, exemplars: false }), { start: { operation } });
    return /operations_total\{operation="([^"]*)",outcome="success",code=""\} 1/.exec(
      await register.metrics(),
    )?.[1];
  };

  it.each([
    ['empty', ''],
    ['endless', 'x'.repeat(129)],
  ])('is counted as _OTHER when it is %s', async (_, operation) => {
    expect(await label(operation)).toBe('_OTHER');
  });

  it('is kept when it is merely long', async () => {
    expect(await label('x'.repeat(128))).toBe('x'.repeat(128));
  });

  it('does not make room for one more', async () => {
    const register = new Registry();
    const observer = promObserver({ register, exemplars: false, maxOperations: 1 });
    for (const operation of ['_OTHER', '', 'first', 'second', 'first']) {
      call(observer, { start: { ...start, operation } });
    }
    const page = await register.metrics();
    expect(page).toContain('operations_total{operation="first",outcome="success",code=""} 2\n');
    expect(page).toContain('operations_total{operation="_OTHER",outcome="success",code=""} 3\n');
  });
});
