/**
 * Sets up OpenTelemetry's SDK for those who have none. Needs `@opentelemetry/sdk-node`.
 *
 * @packageDocumentation
 */
import { diag } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { withVariables } from './variables.ts';
import { NAME } from './version.ts';

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

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

// The SDK would else describe the process by its command line, in which secrets are passed.
const DEFAULT_DETECTORS = 'env,host,os,serviceinstance';

/**
 * Starts OpenTelemetry's Node SDK with export by OTLP over HTTP, and registers it globally, where
 * `otelObserver()` finds it. Every `OTEL_*` variable that the SDK knows holds.
 *
 * @throws Error when `@opentelemetry/sdk-node` is not installed.
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  const { serviceName, endpoint, shutdownTimeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS } = options;
  const { NodeSDK } = await loadSdk();
  const configuration: Partial<NodeSDKConfiguration> = {
    ...options.sdk,
    ...(serviceName === undefined ? {} : { serviceName }),
  };
  const { OTEL_NODE_RESOURCE_DETECTORS: detectors } = process.env;
  const variables = {
    OTEL_NODE_RESOURCE_DETECTORS: detectors || DEFAULT_DETECTORS,
    ...(endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: String(endpoint) }),
  };
  const sdk = withVariables(variables, () => {
    const started = new NodeSDK(configuration);
    started.start();
    return started;
  });
  let over: Promise<void> | undefined;
  const shutdown = (): Promise<void> => {
    over ??= settledWithin(() => sdk.shutdown(), shutdownTimeoutMs);
    return over;
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
        'npm install @opentelemetry/sdk-node. A program with an SDK of its own needs only otelObserver.',
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

/** Resolves when `end` has settled, whichever way, or when the time is up. */
async function settledWithin(end: () => Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, `it took longer than ${timeoutMs} ms`);
  });
  const ended = Promise.resolve()
    .then(end)
    .then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.name : typeof error),
    );
  const fault = await Promise.race([ended, timeUp]);
  clearTimeout(timer);
  if (fault !== undefined) diag.error(`${NAME}: the last export failed: ${fault}`);
}
