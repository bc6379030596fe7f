import { setImmediate } from 'node:timers/promises';
import { createResilience, type Resilience } from '@defender-resilience/core';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { assertSpan, childrenOf, spanNamed } from './support/assert-span.ts';
import { withAsyncContext } from './support/context.ts';
import { sdkVersions, type TestSdk } from './support/sdks.ts';

withAsyncContext();

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';

describe.each(sdkVersions)('with SDK $version', ({ create }) => {
  function traced(): { sdk: TestSdk; resilience: Resilience } {
    const sdk = create();
    const { tracerProvider, meterProvider } = sdk;
    const resilience = createResilience({
      observers: [otelObserver({ tracerProvider, meterProvider })],
      retry: { initialDelayMs: 0, maxDelayMs: 0 },
      budget: { minPerMinute: 1_000 },
    });
    return { sdk, resilience };
  }

  it('traces a function as INTERNAL attempts without HTTP attributes', async () => {
    const { sdk, resilience } = traced();
    const outcomes = [Promise.reject(Object.assign(new Error(), { status: 503 })), 'done'];
    const result = await resilience.execute('nightly.export', () => outcomes.shift());

    expect(result).toBe('done');
    const spans = sdk.spans();
    const call = assertSpan(spanNamed(spans, 'defender nightly.export'), {
      name: 'defender nightly.export',
      kind: 'INTERNAL',
      attributes: {
        'defender.operation': 'nightly.export',
        'defender.outcome': 'success',
        'defender.attempts': 2,
      },
    });
    const [first, second] = childrenOf(spans, call);
    assertSpan(first, {
      name: 'defender nightly.export attempt',
      kind: 'INTERNAL',
      status: 'ERROR',
      parent: call,
      attributes: {
        'defender.operation': 'nightly.export',
        'defender.attempt': 1,
        'http.response.status_code': 503,
        'error.type': '503',
        'defender.error.code': 'Http503',
        // No envelope of the service and no Retry-After: it may have been carried out.
        'defender.ambiguous': true,
      },
    });
    assertSpan(second, {
      name: 'defender nightly.export attempt',
      kind: 'INTERNAL',
      parent: call,
      attributes: {
        'defender.operation': 'nightly.export',
        'defender.attempt': 2,
        'defender.retry.delay_ms': 0,
        'defender.retry.reason': '503',
        'defender.retry.source': 'backoff',
      },
    });
  });

  it('adds an event for each security provider that is missing from a partial response', async () => {
    const { sdk, resilience } = traced();
    const headers = { warning: '199 - "Microsoft/WDATP/401/228"' };
    await resilience.execute('x', () => new Response('{}', { status: 206, headers }));
    const spans = sdk.spans();
    const [attempt] = childrenOf(spans, spanNamed(spans, 'defender x'));
    expect(attempt?.events).toMatchObject([
      {
        name: 'defender.provider.missing',
        attributes: { 'defender.provider': 'Microsoft/WDATP', 'defender.provider.status': 401 },
      },
    ]);
  });

  it('makes the call a child of the span in which it is made', async () => {
    const { sdk, resilience } = traced();
    const tracer = sdk.tracerProvider.getTracer('caller');
    const parent = tracer.startSpan('playbook');
    await context.with(trace.setSpan(context.active(), parent), () =>
      resilience.execute('incidents.get', async () => 'done'),
    );
    parent.end();

    const spans = sdk.spans();
    const playbook = spanNamed(spans, 'playbook');
    expect(childrenOf(spans, playbook).map((span) => span.name)).toEqual([
      'defender incidents.get',
    ]);
  });

  it('makes what the function traces a child of its attempt, also after it has waited', async () => {
    const { sdk, resilience } = traced();
    const tracer = sdk.tracerProvider.getTracer('caller');
    await resilience.execute('incidents.get', async () => {
      await setImmediate();
      await tracer.startActiveSpan('get token', async (span) => span.end());
    });

    const spans = sdk.spans();
    const attempt = spanNamed(spans, 'defender incidents.get attempt');
    expect(childrenOf(spans, attempt).map((span) => span.name)).toEqual(['get token']);
  });

  it('shows a logger in the attempt the span and trace of the attempt', async () => {
    const { sdk, resilience } = traced();
    const correlated: unknown[] = [];
    const log = (): void => {
      correlated.push(trace.getSpanContext(context.active()));
    };
    const fetch = resilience.wrapFetch(async () => {
      await setImmediate();
      log();
      return Response.json({});
    });
    await fetch(INCIDENTS);
    await resilience.execute('incidents.get', log);

    const spans = sdk.spans();
    expect(correlated).toEqual([
      spanNamed(spans, 'GET /api/incidents').spanContext(),
      spanNamed(spans, 'defender incidents.get attempt').spanContext(),
    ]);
  });

  it('does not change the context of the caller', async () => {
    const { sdk, resilience } = traced();
    const before = context.active();
    const call = resilience.execute('incidents.get', async () => 'done');
    expect(context.active()).toBe(before);
    await call;
    expect(context.active()).toBe(before);
    expect(sdk.spans()).toHaveLength(2);
  });

  it('nests a call that is made inside a call', async () => {
    const { sdk, resilience } = traced();
    const fetch = resilience.wrapFetch(async () => Response.json({}));
    await resilience.execute('incidents.triage', async () => {
      await fetch(INCIDENTS);
      await resilience.execute('incidents.note', async () => 'done');
    });

    const spans = sdk.spans();
    const [outer] = spans.filter((span) => span.parentSpanContext === undefined);
    const names = (parent: typeof outer): unknown =>
      parent &&
      Object.fromEntries(childrenOf(spans, parent).map((span) => [span.name, names(span)]));
    expect({ [outer?.name ?? '']: names(outer) }).toEqual({
      'defender incidents.triage': {
        'defender incidents.triage attempt': {
          'defender incidents.list': { 'GET /api/incidents': {} },
          'defender incidents.note': { 'defender incidents.note attempt': {} },
        },
      },
    });
  });

  it('keeps the spans of 100 concurrent, retried calls apart', async () => {
    const { sdk, resilience } = traced();
    const tracer = sdk.tracerProvider.getTracer('caller');
    const call = (index: number): Promise<unknown> =>
      resilience.execute(`call.${index}`, async ({ attempt }) => {
        await setImmediate();
        tracer.startActiveSpan(`work ${index}.${attempt}`, (span) => span.end());
        await setImmediate();
        if (attempt <= index % 3) throw Object.assign(new Error(), { status: 503 });
      });
    await Promise.all(Array.from({ length: 100 }, (_, index) => call(index)));

    const spans = sdk.spans();
    const traces = new Set(spans.map((span) => span.spanContext().traceId));
    expect(traces.size).toBe(100);
    for (let index = 0; index < 100; index += 1) {
      const root = spanNamed(spans, `defender call.${index}`);
      expect(root.attributes['defender.attempts']).toBe((index % 3) + 1);
      const attempts = childrenOf(spans, root);
      const work = attempts.flatMap((attempt) => childrenOf(spans, attempt));
      const expected = attempts.map((_, attempt) => `work ${index}.${attempt + 1}`);
      expect(work.map((span) => span.name)).toEqual(expected);
      const failed = attempts.map((attempt) => attempt.status.code === SpanStatusCode.ERROR);
      expect(failed).toEqual(attempts.map((_, attempt) => attempt < index % 3));
    }
  });
});

describe('baggage of the caller', () => {
  it('can be read by the function', async () => {
    const resilience = createResilience({ observers: [otelObserver()] });
    const baggage = propagation.createBaggage({ tenant: { value: 'contoso' } });
    const seen = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      resilience.execute('incidents.get', async () => propagation.getActiveBaggage()),
    );
    expect(seen?.getEntry('tenant')?.value).toBe('contoso');
  });
});
