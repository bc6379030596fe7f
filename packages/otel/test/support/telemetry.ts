import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { startTelemetry } from '../../src/sdk.ts';
import { type OtlpReceiver, startOtlpReceiver } from './otlp.ts';

/** The SDK, registered for all of the process, and what it exports. */
export interface TestTelemetry {
  readonly exports: OtlpReceiver['exports'];
  /** Exports what is left, and takes the SDK off again. */
  stop(): Promise<void>;
}

export async function startTestTelemetry(): Promise<TestTelemetry> {
  const receiver = await startOtlpReceiver();
  const telemetry = await startTelemetry({ serviceName: 'test', endpoint: receiver.url });
  return {
    exports: receiver.exports,
    async stop() {
      await telemetry.shutdown();
      for (const api of [trace, metrics, context, propagation]) api.disable();
      await receiver[Symbol.asyncDispose]();
    },
  };
}
