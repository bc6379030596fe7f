import { NodeSDKConfiguration } from "@opentelemetry/sdk-node";
/** The options of `startTelemetry`. What is given here wins over the `OTEL_*` variables. */
export interface TelemetryOptions {
  /** @defaultValue `OTEL_SERVICE_NAME`, else what the SDK makes up */
  readonly serviceName?: string;
  /**
   * The base URL of the OTLP receiver, such as `http://collector:4318`, for traces, metrics and logs.
   * A variable for one signal, such as `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, still wins for that signal.
   *
   * @defaultValue `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`
   */
  readonly endpoint?: string | URL;
  /**
   * How long `shutdown` waits for the last export, in milliseconds.
   *
   * @defaultValue 10,000
   */
  readonly shutdownTimeoutMs?: number;
  /** Anything else that `NodeSDK` takes: instrumentations, a sampler, views. */
  readonly sdk?: Partial<NodeSDKConfiguration>;
}
/** A running SDK. */
export interface Telemetry extends AsyncDisposable {
  /**
   * Exports what is still held and ends the SDK; a second call gives the first one's promise. Never
   * rejects: a receiver that is away costs telemetry, not the program.
   */
  shutdown(): Promise<void>;
}
/**
 * Starts OpenTelemetry's Node SDK with export by OTLP over HTTP, and registers it globally, where
 * `otelObserver()` finds it. Every `OTEL_*` variable that the SDK knows holds.
 *
 * @throws Error when `@opentelemetry/sdk-node` is not installed.
 */
export declare function startTelemetry(options?: TelemetryOptions): Promise<Telemetry>;
