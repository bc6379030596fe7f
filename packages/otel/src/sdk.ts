/**
 * Sets up OpenTelemetry's SDK for programs that have none. Needs `@opentelemetry/sdk-node`.
 *
 * @packageDocumentation
 */
import {
  checkOptions,
  integer,
  type OptionRules,
  type Rule,
  where,
  withMethods,
} from '@defender-resilience/core/validation';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { shutDown } from './shutdown.ts';

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

const RULES: OptionRules & Readonly<Record<keyof TelemetryOptions, Rule>> = {
  serviceName: where('a name', (value) => typeof value === 'string' && value !== ''),
  endpoint: where(
    'the URL of an OTLP receiver, with http: or https:',
    (value) => URL.parse(String(value))?.protocol.startsWith('http') === true,
  ),
  shutdownTimeoutMs: integer(1, 2_147_483_647),
  sdk: withMethods('an object of NodeSDK options'),
};

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 5_000;

// The SDK's own default adds the process's command line to the resource, which may contain secrets.
const DEFAULT_DETECTORS = 'env,host,os,serviceinstance';

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
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  checkOptions('startTelemetry', RULES, options);
  const { serviceName, endpoint, shutdownTimeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS } = options;
  const { NodeSDK } = await loadSdk();
  const configuration: Partial<NodeSDKConfiguration> = {
    ...options.sdk,
    ...(serviceName === undefined ? {} : { serviceName }),
  };
  const { OTEL_NODE_RESOURCE_DETECTORS: detectors, OTEL_EXPORTER_OTLP_TIMEOUT: exportTimeout } =
    process.env;
  const variables: Readonly<Record<string, string>> = {
    OTEL_NODE_RESOURCE_DETECTORS: detectors || DEFAULT_DETECTORS,
    OTEL_EXPORTER_OTLP_TIMEOUT: exportTimeout || String(shutdownTimeoutMs),
    ...(endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: String(endpoint) }),
  };
  const sdk = withEnvironment(variables, () => {
    const started = new NodeSDK(configuration);
    started.start();
    return started;
  });
  let ended: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    ended ??= shutDown(() => sdk.shutdown(), shutdownTimeoutMs);
    return ended;
  };
  return { shutdown, [Symbol.asyncDispose]: shutdown };
}

async function loadSdk(): Promise<typeof import('@opentelemetry/sdk-node')> {
  try {
    return await import('@opentelemetry/sdk-node');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new Error(
      'startTelemetry needs @opentelemetry/sdk-node, which is not installed: ' +
        'npm install @opentelemetry/sdk-node. A program with its own SDK needs only otelObserver.',
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/**
 * Runs `run` with environment variables set, and restores them afterwards. The variables are the only
 * way to set the receiver that works for each signal, protocol and version of the SDK. The SDK reads
 * them while it is made and started, which is synchronous, so no other code sees them.
 */
function withEnvironment<T>(variables: Readonly<Record<string, string>>, run: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  try {
    Object.assign(process.env, variables);
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
