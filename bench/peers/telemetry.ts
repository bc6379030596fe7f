import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { type Sampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** An SDK of OpenTelemetry that records, and exports to nowhere. */
export interface Telemetry {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** How many spans have ended. */
  readonly spans: () => number;
}

class Counting implements SpanProcessor {
  ended = 0;
  onStart(): void {}
  onEnd(): void {
    this.ended += 1;
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

class Unread extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** Makes one, with the active context followed through promises. */
export function recordingTelemetry(sampler?: Sampler): Telemetry {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const counting = new Counting();
  const tracerProvider = new TracerProvider({
    spanProcessors: [counting],
    ...(sampler === undefined ? {} : { sampler }),
  });
  const meterProvider = new MeterProvider({ readers: [new Unread()] });
  return { tracerProvider, meterProvider, spans: () => counting.ended };
}
