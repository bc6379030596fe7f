import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience, type Resilience } from '@defender-resilience/core';
import { context, createTraceState, propagation, SpanKind, trace } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from 'sdk-trace-v3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OtelObserverOptions, otelObserver } from '../src/index.ts';
import { childrenOf, spanNamed } from './support/assert-span.ts';
import { fetchOverHttp } from './support/http-fetch.ts';

const undici = new UndiciInstrumentation();
const http = new HttpInstrumentation({ disableIncomingRequestInstrumentation: true });
const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [undici, http],
});

/** The `traceparent` of each request that the service received. */
const traceparents: unknown[] = [];
/** The trace headers of each request that the service received, each as often as it was sent. */
const received: string[][] = [];
const TRACE_HEADERS = new Set(['traceparent', 'tracestate', 'baggage']);

const server = createServer((request, response) => {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  received.push(names.map((name) => name.toLowerCase()).filter((name) => TRACE_HEADERS.has(name)));
  traceparents.push(request.headers['traceparent']);
  response.statusCode = request.url === '/token' || received.length % 3 === 0 ? 200 : 503;
  response.end();
});

let url = '';

beforeAll(async () => {
  sdk.start();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server that listens has no other kind.
  url = `http://127.0.0.1:${port}`;
});

afterEach(() => {
  exporter.reset();
  received.length = 0;
  traceparents.length = 0;
  undici.enable();
  http.enable();
});

afterAll(async () => {
  await sdk.shutdown();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  trace.disable();
  context.disable();
  propagation.disable();
});

function traced(options: OtelObserverOptions): Resilience {
  return createResilience({
    observers: [otelObserver(options)],
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
  });
}

const withBaggage = <T>(run: () => T): T => {
  const baggage = propagation.createBaggage({ tenant: { value: 'contoso' } });
  return context.with(propagation.setBaggage(context.active(), baggage), run);
};

const clientSpans = () =>
  exporter.getFinishedSpans().filter((span) => span.kind === SpanKind.CLIENT);
const clients = (): number => clientSpans().length;
const traceparentsOf = (spans: ReturnType<typeof clientSpans>): string[] =>
  spans.map((span) => span.spanContext()).map((id) => `00-${id.traceId}-${id.spanId}-01`);

/** Inside a trace that another service started, with a state and baggage. */
const insideTrace = <T>(run: () => T): T => {
  const parent = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
    traceState: createTraceState('vendor=1'),
  });
  return withBaggage(() => context.with(trace.setSpan(context.active(), parent), run));
};

const transports = { undici: globalThis.fetch, 'node:http': fetchOverHttp };
const combinations = (['undici', 'node:http'] as const).flatMap((transport) =>
  [true, false].flatMap((suppressTransportSpans) =>
    (['none', 'traceparent'] as const).map((propagate) => ({
      transport,
      suppressTransportSpans,
      propagate,
    })),
  ),
);

describe.each(combinations)(
  'over $transport, suppressTransportSpans $suppressTransportSpans, propagate $propagate',
  ({ transport, ...options }) => {
    const headers = options.propagate === 'traceparent' ? ['traceparent'] : [];

    it('makes one CLIENT span for each attempt of an instrumented client, and sends what was asked', async () => {
      const fetch = traced(options).wrapFetch(transports[transport]);
      await withBaggage(() => fetch(`${url}/api/incidents`));

      expect(clients()).toBe(3);
      expect(received).toEqual([headers, headers, headers]);
    });

    it('makes the server span a child of the CLIENT span', async () => {
      const fetch = traced(options).wrapFetch(transports[transport]);
      await insideTrace(() => fetch(`${url}/api/incidents`));

      expect(received).toEqual([headers, headers, headers]);
      const propagated = options.propagate === 'traceparent';
      const expected = traceparentsOf(clientSpans());
      expect(traceparents).toEqual(propagated ? expected : expected.map(() => undefined));
    });

    it('sends the same for a function, without baggage and tracestate', async () => {
      const { execute } = traced(options);
      await insideTrace(() =>
        execute('incidents.list', async () => {
          const response = await transports[transport](`${url}/api/incidents`);
          if (!response.ok) throw Object.assign(new Error('failed'), { status: response.status });
        }),
      );

      expect(clients()).toBe(3);
      expect(received).toEqual([headers, headers, headers]);
      const propagated = options.propagate === 'traceparent';
      const expected = traceparentsOf(clientSpans());
      expect(traceparents).toEqual(propagated ? expected : expected.map(() => undefined));
    });

    it('sends the same without an instrumentation', async () => {
      undici.disable();
      http.disable();
      const fetch = traced(options).wrapFetch(transports[transport]);
      await withBaggage(() => fetch(`${url}/api/incidents`));

      expect(clients()).toBe(options.suppressTransportSpans ? 3 : 0);
      expect(received).toEqual([headers, headers, headers]);
    });

    it('sends the same when the trace is not sampled', async () => {
      const unsampled = trace.wrapSpanContext({
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        traceFlags: 0,
        isRemote: true,
      });
      const fetch = traced(options).wrapFetch(transports[transport]);
      await withBaggage(() =>
        context.with(trace.setSpan(context.active(), unsampled), () =>
          fetch(`${url}/api/incidents`),
        ),
      );

      expect(exporter.getFinishedSpans()).toEqual([]);
      expect(received).toEqual([headers, headers, headers]);
    });

    it('traces the token request that a function makes before it sends', async () => {
      const fetch = transports[transport];
      const { execute } = traced(options);
      const call = execute('nightly.export', async () => {
        await trace.getTracer('credentials').startActiveSpan('get token', async (span) => {
          await fetch(`${url}/token`);
          span.end();
        });
        const response = await fetch(`${url}/api/incidents`);
        if (!response.ok) throw Object.assign(new Error('failed'), { status: response.status });
      });
      await call;

      const spans = exporter.getFinishedSpans();
      const attempt = spans.find((span) => span.name.endsWith('attempt'));
      expect(attempt && childrenOf(spans, attempt).map((span) => span.name)).toEqual([
        'get token',
        'GET',
      ]);
    });
  },
);

describe('a fetch of the caller that gets its own token', () => {
  it('sends traceparent to the API alone', async () => {
    const tracer = trace.getTracer('credentials');
    const options = { suppressTransportSpans: false, propagate: 'traceparent' } as const;
    const fetch = traced(options).wrapFetch(async (input, init) => {
      await tracer.startActiveSpan('get token', async (span) => {
        await globalThis.fetch(`${url}/token`);
        span.end();
      });
      return globalThis.fetch(input, init);
    });
    received.push([]); // The third answer is a success: that to the API.
    await insideTrace(() => fetch(`${url}/api/incidents`));

    expect(received).toEqual([[], [], ['traceparent']]);
  });

  it('is traced in full where the transport makes the spans, and nothing is sent along', async () => {
    const tracer = trace.getTracer('credentials');
    const fetch = traced({ suppressTransportSpans: false }).wrapFetch(async (input, init) => {
      await tracer.startActiveSpan('get token', async (span) => {
        await globalThis.fetch(`${url}/token`);
        span.end();
      });
      return globalThis.fetch(input, init);
    });
    received.push([]); // The first answer of three is then the second: one attempt fails.
    await fetch(`${url}/api/incidents`);

    const spans = exporter.getFinishedSpans();
    const token = spanNamed(spans.slice(0, 3), 'get token');
    expect(childrenOf(spans, token).map((span) => span.name)).toEqual(['GET']);
    expect(received.flat()).toEqual([]);
  });
});
