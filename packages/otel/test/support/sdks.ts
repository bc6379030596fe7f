import type { Attributes, Context, MeterProvider, TracerProvider } from '@opentelemetry/api';
import * as metricsV2 from 'sdk-metrics-v2';
import * as metricsV3 from 'sdk-metrics-v3';
import * as traceV2 from 'sdk-trace-v2';
import * as traceV3 from 'sdk-trace-v3';

/** What both SDKs' finished spans have in common. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Attributes;
  readonly status: { readonly code: number; readonly message?: string };
  readonly events: readonly unknown[];
  readonly links: readonly unknown[];
  readonly ended: boolean;
  readonly duration: readonly [number, number];
  readonly parentSpanContext?: { readonly spanId: string };
  readonly instrumentationScope: {
    readonly name: string;
    readonly version?: string;
    readonly schemaUrl?: string;
  };
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

/** One series of a metric. */
interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** One metric, as it was collected. */
export interface CollectedMetric {
  readonly descriptor: {
    readonly name: string;
    readonly unit: string;
    readonly description: string;
  };
  readonly dataPoints: readonly Point[];
}

/** Decides whether a span is recorded. */
export interface TestSampler {
  shouldSample(context: Context, traceId: string, name: string): { decision: 0 | 2 };
}

/** An SDK that keeps what is exported in memory. */
export interface TestSdk {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  spans(): readonly FinishedSpan[];
  metrics(): Promise<readonly CollectedMetric[]>;
}

export interface SdkVersion {
  readonly version: string;
  create(options?: { readonly sampler?: TestSampler }): TestSdk;
}

const sampling = (sampler: TestSampler | undefined) =>
  sampler === undefined ? {} : { sampler: { ...sampler, toString: () => 'test' } };

class ReaderV2 extends metricsV2.MetricReader {
  override onShutdown = async (): Promise<void> => undefined;
  override onForceFlush = async (): Promise<void> => undefined;
}

class ReaderV3 extends metricsV3.MetricReader {
  override onShutdown = async (): Promise<void> => undefined;
  override onForceFlush = async (): Promise<void> => undefined;
}

const sdk2: SdkVersion = {
  version: '2.x',
  create({ sampler } = {}) {
    const exporter = new traceV2.InMemorySpanExporter();
    const reader = new ReaderV2();
    return {
      tracerProvider: new traceV2.BasicTracerProvider({
        spanProcessors: [new traceV2.SimpleSpanProcessor(exporter)],
        ...sampling(sampler),
      }),
      meterProvider: new metricsV2.MeterProvider({ readers: [reader] }),
      spans: () => exporter.getFinishedSpans(),
      async metrics() {
        const { resourceMetrics } = await reader.collect();
        return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      },
    };
  },
};

const sdk3: SdkVersion = {
  version: '3.x',
  create({ sampler } = {}) {
    const exporter = new traceV3.InMemorySpanExporter();
    const reader = new ReaderV3();
    return {
      tracerProvider: new traceV3.TracerProvider({
        spanProcessors: [new traceV3.SimpleSpanProcessor({ exporter })],
        ...sampling(sampler),
      }),
      meterProvider: new metricsV3.MeterProvider({ readers: [reader] }),
      spans: () => exporter.getFinishedSpans(),
      async metrics() {
        const { resourceMetrics } = await reader.collect();
        return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      },
    };
  },
};

/** Both majors of OpenTelemetry's SDK. */
export const sdkVersions: readonly SdkVersion[] = [sdk2, sdk3];

/** The newest SDK, for tests that do not depend on it. */
export const newestSdk: SdkVersion = sdk3;
