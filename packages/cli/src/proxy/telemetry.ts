import type { Observer } from '@defender-resilience/core';
import type { Context } from '../context.ts';
import { CommandError } from '../exit-codes.ts';

type Environment = Context['env'];

/** The exporters of the proxy's telemetry. */
export interface ProxyTelemetry {
  readonly observers: readonly Observer[];
  shutdown(): Promise<void>;
}

/** The variables that request an export. */
const EXPORT_VARIABLES: readonly string[] = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
];

/** Whether OpenTelemetry's usual variables request an export. */
function wantsTelemetry(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  return EXPORT_VARIABLES.some((name) => !['', 'none', undefined].includes(env[name]));
}

/**
 * Starts the export if the environment requests it.
 *
 * @throws CommandError if OpenTelemetry's SDK is not installed
 */
export async function startProxyTelemetry(env: Environment): Promise<ProxyTelemetry> {
  if (!wantsTelemetry(env)) return { observers: [], shutdown: () => Promise.resolve() };
  const { otelObserver } = await import('@defender-resilience/otel');
  const { startTelemetry } = await import('@defender-resilience/otel/sdk');
  const named =
    env['OTEL_SERVICE_NAME'] ?? env['OTEL_RESOURCE_ATTRIBUTES']?.includes('service.name=');
  try {
    const telemetry = await startTelemetry(named ? {} : { serviceName: SERVICE_NAME });
    return { observers: [otelObserver()], shutdown: () => telemetry.shutdown() };
  } catch (cause) {
    throw new CommandError(
      'the environment requests OTLP, but OpenTelemetry could not be started',
      {
        hint: 'Install its SDK next to this program (npm install @opentelemetry/sdk-node), or unset the OTEL_ variables.',
        cause,
      },
    );
  }
}

const SERVICE_NAME = 'defender-resilience-proxy';
