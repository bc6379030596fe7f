import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { promObserver } from '../src/index.ts';
import { traceReader } from '../src/trace-context.ts';
import { call, failure, start } from './support/drive.ts';

/** What the tests use of @opentelemetry/api, which comes with prom-client. */
interface Api {
  readonly ROOT_CONTEXT: object;
  readonly context: {
    active(): object;
    setGlobalContextManager(manager: object): boolean;
    disable(): void;
    with<T>(context: object, fn: () => T): T;
  };
  readonly trace: {
    setSpan(context: object, span: object): object;
    wrapSpanContext(context: { traceId: string; spanId: string; traceFlags: number }): object;
  };
}

// prom-client's own dependency, found from where it is.
const api = createRequire(createRequire(import.meta.url).resolve('prom-client'))(
  '@opentelemetry/api',
) as Api;
const traceId = '9fd20000000000000000000000000001';

function within<T>(traceFlags: number, run: () => T, id: string = traceId): T {
  const span = api.trace.wrapSpanContext({ traceId: id, spanId: '0000000000000001', traceFlags });
  return api.context.with(api.trace.setSpan(api.context.active(), span), run);
}

beforeEach(() => {
  const storage = new AsyncLocalStorage<object>();
  api.context.setGlobalContextManager({
    active: () => storage.getStore() ?? api.ROOT_CONTEXT,
    with: (context: object, fn: () => unknown) => storage.run(context, fn),
    enable: () => undefined,
    disable: () => undefined,
  });
});

afterEach(() => api.context.disable());

describe('the trace', () => {
  it('is read from OpenTelemetry without a dependency on it', () => {
    const reader = traceReader();
    expect(reader.available()).toBe(true);
    expect(within(1, () => reader.read())).toEqual({ traceId, sampled: true });
    expect(within(0, () => reader.read())).toEqual({ traceId, sampled: false });
  });

  it('is unknown outside of any span, and under a span that is not valid', () => {
    const reader = traceReader();
    expect(reader.read()).toBeUndefined();
    expect(within(1, () => reader.read(), '0'.repeat(32))).toBeUndefined();
    expect(within(1, () => reader.read(), 'not a trace ID')).toBeUndefined();
  });

  it('is the one of the span in which the attempt is sent', () => {
    const observer = promObserver({ register: new Registry(), exemplars: false });
    const watching = observer.call?.(start);
    const attempt = watching?.attempt?.({ attempt: 1, delayMs: 0 });
    const sent = within(1, () => attempt?.run?.(() => 'sent'));
    expect(sent).toBe('sent');
    watching?.end?.({
      outcome: 'failure',
      attempts: 1,
      durationMs: 1,
      failure: failure('Forbidden', 403),
    });
    expect(observer.recentErrors.list()).toMatchObject([{ traceId }]);
  });

  it('of a call that was refused is the one in which it was made', () => {
    const observer = promObserver({ register: new Registry(), exemplars: false });
    const open = {
      code: 'CircuitOpen',
      message: '',
      verdict: 'retryable',
      source: 'circuit',
    } as const;
    const end = { outcome: 'rejected', attempts: 0, durationMs: 0 } as const;
    within(1, () => observer.call?.(start)?.end?.({ ...end, failure: open }));
    expect(observer.recentErrors.list()).toMatchObject([{ traceId, attempt: 0 }]);
  });

  it('is what the option tells, and a throwing option is told once and breaks nothing', () => {
    expect(traceReader(() => ({ traceId, sampled: true })).read()?.traceId).toBe(traceId);
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const observer = promObserver({
      register: new Registry(),
      exemplars: false,
      traceContext: () => {
        throw new RangeError('with a secret');
      },
    });
    call(observer, { failure: failure('Forbidden', 403) });
    call(observer, { failure: failure('Forbidden', 403) });
    expect(observer.recentErrors.list()).toHaveLength(2);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls.join()).toContain('traceContext threw RangeError');
    expect(warn.mock.calls.join()).not.toContain('secret');
  });
});

describe('without OpenTelemetry', () => {
  it('an attempt has no context to run in, and costs nothing for it', () => {
    const key = Symbol.for('opentelemetry.js.api.1');
    const kept: unknown = Reflect.get(globalThis, key);
    Reflect.deleteProperty(globalThis, key);
    try {
      const observer = promObserver({ register: new Registry(), exemplars: false });
      const attempt = observer.call?.(start)?.attempt?.({ attempt: 1, delayMs: 0 });
      expect(attempt?.run).toBeUndefined();
      expect(traceReader().read()).toBeUndefined();
    } finally {
      Reflect.set(globalThis, key, kept);
    }
  });
});
