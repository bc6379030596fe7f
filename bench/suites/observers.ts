import { createResilience, type Observer } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { promObserver } from '@defender-resilience/prom';
import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import CircuitBreaker from 'opossum';
import PrometheusMetrics from 'opossum-prometheus';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { costTable, medianOf } from '../lib/markdown.ts';
import { type Case, measure, sequential } from '../lib/measure.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import { cockatielWrap } from '../peers/cockatiel.ts';
import { atOnce } from '../peers/functions.ts';
import { openMetricsRegistry } from '../peers/prometheus.ts';
import { recordingTelemetry } from '../peers/telemetry.ts';

const OPERATION = 'incidents.get';

const observed = (name: string, observers: readonly Observer[]): Case => {
  const resilience = createResilience({ observers });
  return { name, run: sequential(() => resilience.execute(OPERATION, () => atOnce())) };
};

/** Without an SDK of OpenTelemetry in the process. */
export async function observers(effort: Effort): Promise<Chapter> {
  const policy = cockatielWrap();
  const breaker = new CircuitBreaker(() => atOnce(), { name: 'bench' });
  new PrometheusMetrics({ circuits: [breaker], registry: new Registry() });
  const cases: Case[] = [
    observed('ours', []),
    observed('ours + an observer without hooks', [{}]),
    observed('ours + Prometheus', [promObserver({ register: openMetricsRegistry() })]),
    observed('ours + OpenTelemetry, no SDK', [otelObserver()]),
    observed('ours + both', [otelObserver(), promObserver({ register: openMetricsRegistry() })]),
    { name: 'cockatiel wrap', run: sequential(() => policy.execute(() => atOnce())) },
    { name: 'cockatiel wrap + prom-client', run: sequential(meteredByHand()) },
    { name: 'opossum + opossum-prometheus', run: sequential(() => breaker.fire()) },
  ];
  const costs = await measure(cases, {
    rounds: by(effort, 11, 3),
    sampleMs: by(effort, 25, 10),
  });
  const ratio = (name: string): number => medianOf(costs, name) / medianOf(costs, 'ours');
  return {
    text: costTable(costs, ['ours', 'cockatiel wrap']),
    values: {
      'Prometheus adds, µs':
        (medianOf(costs, 'ours + Prometheus') - medianOf(costs, 'ours')) / 1_000,
      'prom-client by hand adds, µs':
        (medianOf(costs, 'cockatiel wrap + prom-client') - medianOf(costs, 'cockatiel wrap')) /
        1_000,
      'OTel without SDK on ÷ off': ratio('ours + OpenTelemetry, no SDK'),
    },
  };
}

/** The metrics that one would write first: label objects, at each call. */
function meteredByHand(): () => Promise<unknown> {
  const registers = [new Registry()];
  const labelNames = ['operation', 'outcome', 'code', 'status'];
  const calls = new Counter({ name: 'calls_total', help: 'calls', labelNames, registers });
  const duration = new Histogram({
    name: 'duration_seconds',
    help: 'duration',
    labelNames,
    registers,
  });
  const inFlight = new Gauge({ name: 'in_flight', help: 'in flight', registers });
  const policy = cockatielWrap();
  return async () => {
    const labels = { operation: OPERATION, outcome: 'success', code: '', status: '200' };
    const startedAt = performance.now();
    inFlight.inc();
    try {
      return await policy.execute(() => atOnce());
    } finally {
      inFlight.dec();
      calls.inc(labels);
      duration.observe(labels, (performance.now() - startedAt) / 1_000);
    }
  };
}

/** With an SDK: sampled out, and recorded with active spans and metrics. */
export async function telemetry(effort: Effort): Promise<Chapter> {
  const { tracerProvider: recording, meterProvider, spans } = recordingTelemetry();
  const { tracerProvider: sampledOut } = recordingTelemetry(new AlwaysOffSampler());
  const policy = cockatielWrap();
  const tracer = recording.getTracer('bench');
  const spanned = (span: Span): Promise<unknown> =>
    policy
      .execute(() => atOnce())
      .finally(() => {
        span.setStatus({ code: SpanStatusCode.OK });
        span.end();
      });
  const cases: Case[] = [
    observed('ours', []),
    observed('ours + OpenTelemetry, sampled out', [otelObserver({ tracerProvider: sampledOut })]),
    observed('ours + OpenTelemetry, recorded', [otelObserver({ tracerProvider: recording })]),
    observed('ours + OpenTelemetry, recorded, with metrics', [
      otelObserver({ tracerProvider: recording, meterProvider }),
    ]),
    observed('ours + both, recorded, with metrics', [
      otelObserver({ tracerProvider: recording, meterProvider }),
      promObserver({ register: openMetricsRegistry() }),
    ]),
    { name: 'cockatiel wrap', run: sequential(() => policy.execute(() => atOnce())) },
    {
      name: 'cockatiel wrap + one active span',
      run: sequential(() => tracer.startActiveSpan('call', spanned)),
    },
  ];
  const costs = await measure(cases, {
    rounds: by(effort, 11, 3),
    sampleMs: by(effort, 25, 10),
  });
  if (spans() === 0) throw new Error('No span was made: what was measured is not what is named');
  const full = 'ours + OpenTelemetry, recorded, with metrics';
  return {
    text: costTable(costs, ['ours', 'cockatiel wrap']),
    values: {
      'OTel recorded with metrics ÷ cockatiel':
        medianOf(costs, full) / medianOf(costs, 'cockatiel wrap'),
      'cockatiel + span ÷ cockatiel':
        medianOf(costs, 'cockatiel wrap + one active span') / medianOf(costs, 'cockatiel wrap'),
    },
  };
}
