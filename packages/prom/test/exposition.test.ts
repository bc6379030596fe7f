import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { QuotaState } from '@defender-resilience/core';
import * as next from '@prometheus-io/client';
import prom, { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { type MetricClient, type MetricRegistry, promObserver } from '../src/index.ts';
import { need } from './monitoring/tools.ts';
import { call, failure, start } from './support/drive.ts';
import { openMetrics } from './support/registries.ts';

const id = 'd5410b3f-0000-4000-8000-000000000001';
const traceId = '9fd20000000000000000000000000001';

const quotas: readonly QuotaState[] = [
  {
    group: 'incidents',
    windows: [
      { per: 'minute', limit: 50, used: 12, remaining: 38 },
      { per: 'hour', limit: 1_500, used: 340, remaining: 1_160 },
    ],
    waiting: 3,
    pausedForMs: 0,
    nextFreeMs: 1_250,
    counting: 'shared',
  },
];

/** A little of everything, always the same. */
async function story(register: MetricRegistry, client: MetricClient = prom): Promise<string> {
  const observer = promObserver({
    register,
    client,
    constantLabels: { tenant: 'contoso "eu"\\north\n' },
    traceContext: () => ({ traceId, sampled: true }),
    exemplars: register.contentType.includes('openmetrics'),
    clock: { epoch: () => 1_700_000_000_123 },
  });
  const slow = failure('InternalServerError', 500, { trackingId: id });
  call(observer);
  call(observer, { retried: [slow], failure: failure('Forbidden', 403, { trackingId: id }) });
  observer.call?.(start)?.throttled?.({ attempt: 1, group: 'incidents', delayMs: 1_500 });
  observer.quotas?.(() => quotas);
  const circuit = {
    circuit: 'api.security.microsoft.com incidents.list',
    operation: 'incidents.list',
  };
  observer.circuit?.({ ...circuit, from: 'closed', to: 'open' });
  // The page does not depend on the version, nor on the time that prom-client gives exemplars.
  return (await register.metrics())
    .replace(/version="[^"]+"/, 'version="1.0.0"')
    .replaceAll(/( # \{.*\} \S+) \d+(\.\d+)?$/gm, '$1 1700000000.123');
}

describe('the exposition', () => {
  it('as text is what it was', async () => {
    await expect(await story(new Registry())).toMatchFileSnapshot('snapshots/exposition.txt');
  });

  it('as OpenMetrics is what it was, with exemplars, and ends with # EOF', async () => {
    const page = await story(openMetrics());
    await expect(page).toMatchFileSnapshot('snapshots/exposition.openmetrics.txt');
    expect(page.endsWith('\n# EOF\n')).toBe(true);
  });

  it('is the same from prom-client’s successor', async () => {
    const text = new next.Registry();
    const open = new next.Registry<next.OpenMetricsContentType>();
    open.setContentType(next.Registry.OPENMETRICS_CONTENT_TYPE);
    await expect(await story(text, next)).toMatchFileSnapshot('snapshots/exposition.txt');
    await expect(await story(open, next)).toMatchFileSnapshot(
      'snapshots/exposition.openmetrics.txt',
    );
  });

  it('has nothing that promtool would have otherwise', async (context) => {
    const promtool = await need(context, 'promtool');
    const check = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
    check.stdin.end(await story(new Registry()));
    const [out, complaints] = await Promise.all([text(check.stdout), text(check.stderr)]);
    expect(`${out}${complaints}`).toBe('');
  });
});
