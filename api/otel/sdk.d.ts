import { NodeSDKConfiguration } from "@opentelemetry/sdk-node";
/** The options of `startTelemetry`. They take precedence over the `OTEL_*` variables. */
export interface TelemetryOptions {
  /**
   * The name of the service, `service.name` in the resource.
   *
   * @defaultValue `OTEL_SERVICE_NAME`, else the SDK's own default
   */
  readonly serviceName?: string;
  /**
   * The base URL of the OTLP receiver for traces, metrics and logs, such as `http://collector:4318`.
   * The variable of one signal, such as `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, still takes precedence
   * for that signal.
   *
   * @defaultValue `OTEL_EXPORTER_OTLP_ENDPOINT`, else `http://localhost:4318`
   */
  readonly endpoint?: string | URL;
  /**
   * How long `shutdown` waits for the last export, in milliseconds. It also limits each export with its
   * retries, unless `OTEL_EXPORTER_OTLP_TIMEOUT` is set, so that the process can end soon after `shutdown`.
   *
   * @defaultValue 5,000
   */
  readonly shutdownTimeoutMs?: number;
  /**
   * Other options of `NodeSDK`, such as instrumentations, a sampler or views.
   *
   * @defaultValue `{}`
   */
  readonly sdk?: Partial<NodeSDKConfiguration>;
}
/** A running SDK. */
export interface Telemetry extends AsyncDisposable {
  /**
   * Exports the remaining telemetry and stops the SDK, within `shutdownTimeoutMs`. A second call returns the
   * same promise. Never rejects: if the receiver is down, the telemetry is lost, a process warning says so, and
   * the program continues.
   */
  shutdown(): Promise<void>;
}
/**
 * Starts OpenTelemetry's Node SDK, which exports by OTLP over HTTP, and registers it globally, where
 * `otelObserver()` finds it. All `OTEL_*` variables of the SDK work.
 *
 * @example
 * ```ts
 * import { createResilience } from '@defender-resilience/core';
 * import { otelObserver } from '@defender-resilience/otel';
 * import { startTelemetry } from '@defender-resilience/otel/sdk';
 *
 * const telemetry = await startTelemetry({ serviceName: 'nightly-export' });
 * const { fetch } = createResilience({ observers: [otelObserver()] });
 * await fetch('https://api.security.microsoft.com/api/incidents');
 * await telemetry.shutdown();
 * ```
 *
 * @throws TypeError that names every invalid option.
 * @throws Error when `@opentelemetry/sdk-node` is not installed.
 */
export declare function startTelemetry(options?: TelemetryOptions): Promise<Telemetry>;
