import fc from 'fast-check';
import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exemplarLabels } from '../src/exemplars.ts';
import { type PromObserver, promObserver, type TraceContext } from '../src/index.ts';
import { call, failure } from './support/drive.ts';
import { exemplars } from './support/exposition.ts';
import { openMetrics } from './support/registries.ts';

const traceId = '9fd20000000000000000000000000001';

let register: ReturnType<typeof openMetrics>;
let trace: TraceContext | undefined;
let observer: PromObserver;

beforeEach(() => {
  register = openMetrics();
  trace = undefined;
  observer = promObserver({ register, traceContext: () => trace });
});

const printed = async (): Promise<Readonly<Record<string, string>>> =>
  exemplars(await register.metrics());

describe('an exemplar', () => {
  it('of an error tells its tracking ID, where the error is counted and where its time is', async () => {
    call(observer, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    const id = 'tracking_id="id-1"';
    expect(await printed()).toEqual({
      'errors_total{code="Forbidden",class="permission"}': id,
      'give_ups_total{reason="terminal"}': id,
      'operation_duration_seconds_bucket{le="0.1",operation="incidents.list",outcome="failure"}':
        id,
      'attempt_duration_seconds_bucket{le="0.1",method="GET",status_class="4xx"}': id,
    });
  });

  it('of a retry tells the tracking ID of the attempt that failed', async () => {
    call(observer, { retried: [failure('InternalServerError', 500, { trackingId: 'id-2' })] });
    expect(await printed()).toEqual({
      'retries_total{operation="incidents.list",reason="InternalServerError"}':
        'tracking_id="id-2"',
      'attempt_duration_seconds_bucket{le="0.1",method="GET",status_class="5xx"}':
        'tracking_id="id-2"',
    });
  });

  it('tells the trace too when the trace is sampled', async () => {
    trace = { traceId, sampled: true };
    call(observer, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    expect(Object.values(await printed())).toContain(`tracking_id="id-1",trace_id="${traceId}"`);
  });

  it('tells no trace that nobody keeps', async () => {
    trace = { traceId, sampled: false };
    call(observer, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    expect(Object.values(await printed()).join()).not.toContain('trace_id');
  });

  it('of a success tells its trace alone', async () => {
    trace = { traceId, sampled: true };
    call(observer);
    expect(await printed()).toEqual({
      'operation_duration_seconds_bucket{le="0.1",operation="incidents.list",outcome="success"}': `trace_id="${traceId}"`,
      'attempt_duration_seconds_bucket{le="0.1",method="GET",status_class="2xx"}': `trace_id="${traceId}"`,
    });
  });

  it('of a success is the first since the last scrape, so that most calls need none', async () => {
    const traced = (digit: string): void => {
      trace = { traceId: digit.repeat(32), sampled: true };
      call(observer);
    };
    for (const digit of ['1', '2']) traced(digit);
    expect(Object.values(await printed())).toContain(`trace_id="${'1'.repeat(32)}"`);
    for (const digit of ['3', '4']) traced(digit);
    expect(Object.values(await printed())).toContain(`trace_id="${'3'.repeat(32)}"`);
  });

  it('stays when the next error has no tracking ID', async () => {
    call(observer, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    call(observer, { failure: failure('Forbidden', 403) });
    expect(await printed()).toMatchObject({
      'errors_total{code="Forbidden",class="permission"}': 'tracking_id="id-1"',
    });
  });

  it.each([
    ['too long', 'x'.repeat(65)],
    ['empty', ''],
    ['with a quote', 'a"b'],
    ['with a line break', 'a\nb'],
    ['with a space', 'Bearer token'],
    ['not ASCII', 'ñandú'],
  ])('is left out when the tracking ID is %s', async (_, trackingId) => {
    call(observer, { failure: failure('Forbidden', 403, { trackingId }) });
    expect(await printed()).toEqual({});
    expect(observer.recentErrors.list()[0]).not.toHaveProperty('trackingId');
  });

  it('never exceeds what OpenMetrics allows, nor holds what cannot be printed', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w.:-]{1,80}$/));
    fc.assert(
      fc.property(fc.option(anything, { nil: undefined }), fc.boolean(), (trackingId, sampled) => {
        const labels = exemplarLabels(trackingId, { traceId, sampled });
        if (labels === undefined) return;
        const entries = Object.entries(labels);
        expect(entries.flat().join('').length).toBeLessThanOrEqual(128);
        expect(entries.flat().join('')).toMatch(/^[\w.:-]+$/);
      }),
    );
  });
});

describe('without exemplars', () => {
  it('a text registry works the same, and says once that it leads to no tracking IDs', async () => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const text = new Registry();
    const first = promObserver({ register: text });
    promObserver({ register: text });
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('does not print exemplars'), { code: 'DEFENDER_RESILIENCE_PROM' }],
    ]);
    call(first, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    const page = await text.metrics();
    expect(page).toContain('errors_total{code="Forbidden",class="permission"} 1\n');
    expect(page).not.toContain('id-1');
  });

  it('an OpenMetrics registry has none when they are switched off, and nothing is said', async () => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const plain = openMetrics();
    const silent = promObserver({ register: plain, exemplars: false, traceContext: () => trace });
    promObserver({ register: new Registry(), exemplars: false });
    trace = { traceId, sampled: true };
    call(silent, { retried: [failure('InternalServerError', 500, { trackingId: 'id-2' })] });
    call(silent, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
    expect(exemplars(await plain.metrics())).toEqual({});
    expect(warn).not.toHaveBeenCalled();
  });
});
