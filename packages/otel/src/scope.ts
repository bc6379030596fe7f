import { diag } from '@opentelemetry/api';
import manifest from '../package.json' with { type: 'json' };

/** The name of the instrumentation scope: this package's. */
export const NAME: string = manifest.name;

export const VERSION: string = manifest.version;

/** The version of the semantic conventions that spans and metrics follow. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.44.0';

/** Reports a fault of the SDK to OpenTelemetry's diagnostics, so that it does not reach the call. */
export function reportFault(error: unknown, where: string): void {
  // The name alone: a message may contain secrets.
  diag.error(`${NAME}: ${error instanceof Error ? error.name : typeof error} ${where}`);
}
