import { setImmediate } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { NAME } from './scope.ts';

/**
 * Runs `end`, waits at most `timeoutMs`, and prints a process warning if not everything was exported.
 * Never rejects.
 */
export async function shutDown(end: () => Promise<void>, timeoutMs: number): Promise<void> {
  const failures = listenForFailures();
  const fault = (await faultWithin(end, timeoutMs)) ?? failures.reason;
  failures.stop();
  if (fault === undefined) return;
  diag.error(`${NAME}: the last export failed: ${fault}`);
  process.emitWarning(
    `The last export failed (${fault}). Spans, metrics and log records that had not been exported are lost. Is the OTLP receiver running?`,
    { type: 'TelemetryWarning', code: 'TELEMETRY_LOST' },
  );
  // Node prints the warning in its next turn, and the program may exit as soon as this resolves.
  await setImmediate();
}

/** The failed exports until `stop`. */
interface Failures {
  readonly reason: string | undefined;
  stop(): void;
}

// The SDK reports a failed export of metrics only to its diagnostics, which print nothing unless the program
// has registered a logger. If it has, the failure is in the program's log, and this function does not replace
// the logger.
function listenForFailures(): Failures {
  let reason: string | undefined;
  if (hasDiagLogger()) return { reason, stop: noop };
  const error = (...values: unknown[]): void => {
    const message = values.join(' ');
    if (/export/i.test(message)) reason ??= codeIn(message);
  };
  const logger = { error, warn: noop, info: noop, debug: noop, verbose: noop };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  return {
    get reason() {
      return reason;
    },
    stop: () => diag.disable(),
  };
}

/** Why `end` failed or was late; undefined if it ended within `timeoutMs`. */
async function faultWithin(
  end: () => Promise<void>,
  timeoutMs: number,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, `it took longer than ${timeoutMs} ms`);
  });
  const ended = Promise.resolve()
    .then(end)
    .then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
  const fault = await Promise.race([ended, timeUp]);
  clearTimeout(timer);
  return fault;
}

// Returns only what looks like a code or a name, because a message may contain secrets.
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = 'code' in error ? error.code : undefined;
  const words = [code, error.name].filter((text) => /^[\w$.]{1,64}$/.test(String(text ?? '')));
  return String(words[0] ?? 'Error');
}

/** The code in a message of the SDK's diagnostics, such as `ECONNREFUSED` or an HTTP status. */
function codeIn(message: string): string {
  const [, code] = /"code":"?(\w+)/.exec(message) ?? /\b(E[A-Z]{4,})\b/.exec(message) ?? [];
  return code ?? 'OTEL_LOG_LEVEL=error prints why';
}

function noop(): void {}

// The API keeps its globals under this symbol in all versions 1.x, and has no function to read them.
function hasDiagLogger(): boolean {
  const api: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'));
  return typeof api === 'object' && api !== null && Reflect.get(api, 'diag') !== undefined;
}
