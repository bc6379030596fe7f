// A flaky call as a trace, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/opentelemetry.ts
//
// The spans are printed as a tree. To send them to a collector instead, omit `sdk`: startTelemetry then exports
// by OTLP over HTTP to OTEL_EXPORTER_OTLP_ENDPOINT, or to `endpoint`.
import { createResilience } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { startTelemetry, type TelemetryOptions } from '@defender-resilience/otel/sdk';
import { startSimulator } from '@defender-resilience/simulator';
import { SpanStatusCode, trace } from '@opentelemetry/api';

type Exporter = NonNullable<NonNullable<TelemetryOptions['sdk']>['traceExporter']>;
type Span = Parameters<Exporter['export']>[0][number];

/** The attributes that the tree shows. */
const SHOWN = {
  status: 'http.response.status_code',
  error: 'error.type',
  'retry of': 'defender.retry.reason',
  'waited ms': 'defender.retry.delay_ms',
  outcome: 'defender.outcome',
  attempts: 'defender.attempts',
  'tracking ID': 'defender.tracking_id',
  'failed attempts': 'defender.tracking_ids',
};

const spans: Span[] = [];
const keepSpans: Exporter = {
  export(finished, done) {
    spans.push(...finished);
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};

const simulator = await startSimulator({
  script: ['InternalServerError', { status: 429, retryAfter: 1 }, 200, 'DisabledFeature'],
});

const telemetry = await startTelemetry({
  serviceName: 'nightly-export',
  sdk: { traceExporter: keepSpans, metricReaders: [], logRecordProcessors: [] },
});

const { fetch } = createResilience({
  observers: [otelObserver()],
  hosts: { [new URL(simulator.url).host]: 'all' },
  retry: { initialDelayMs: 100 },
});

// A span of your own: the calls inside it become its children.
await trace.getTracer('nightly-export').startActiveSpan('nightly export', async (span) => {
  const list = await fetch(`${simulator.url}/api/incidents?$top=3&$filter=status eq 'Active'`);
  console.log(`incidents: ${list.status}`);
  const machines = await fetch(`${simulator.url}/api/machines`);
  console.log(`machines: ${machines.status}`);
  span.end();
});

await telemetry.shutdown();
await simulator.close();
console.log(['', ...treeOf(undefined)].join('\n'));

/** The children of a span, or the root spans, in the order in which they started. */
function treeOf(parent: Span | undefined, indent = ''): string[] {
  const children = spans
    .filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId)
    .toSorted((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]);
  return children.flatMap((span, index) => {
    const last = index === children.length - 1;
    const [branch, trunk] = last ? ['└─ ', '   '] : ['├─ ', '│  '];
    return [indent + branch + lineOf(span), ...treeOf(span, indent + trunk)];
  });
}

function lineOf({ name, status, attributes, duration: [seconds, nanos] }: Span): string {
  const took = Math.round(seconds * 1_000 + nanos / 1_000_000);
  const failed = status.code === SpanStatusCode.ERROR ? ' ✗' : '';
  const shown = Object.entries(SHOWN)
    .filter(([, key]) => key in attributes)
    .map(([label, key]) => `${label} ${attributes[key]}`);
  return [`${name}${failed}`, `${took} ms`, ...shown].join(' · ');
}
