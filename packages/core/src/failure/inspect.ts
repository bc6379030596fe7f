import type { Failure } from './failure.ts';
import { safeGet, safeGetString, tagOf } from './safe-get.ts';

/** The key under which `util.inspect` looks for a method that prints an object. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** `util.inspect`, as Node gives it to the method. */
export type Inspect = (value: unknown, options: object) => string;

interface FailedError extends Error {
  readonly failure: Failure;
  readonly operation?: string;
}

/**
 * Prints an error with its stack and what is safe to show. An ordinary print would add the cause, and
 * the errors and responses of HTTP clients show tokens, URLs and bodies.
 */
export function inspectError(error: FailedError, options: object, inspect: Inspect): string {
  const { failure, operation, cause } = error;
  const { code, status, trackingId, verdict, source, retryAfterMs, advice } = failure;
  const shown = {
    operation,
    code,
    status,
    trackingId,
    verdict,
    source,
    retryAfterMs,
    advice,
    cause: cause === undefined ? undefined : nameOf(cause),
  };
  const fields = Object.fromEntries(
    Object.entries(shown).filter(([, value]) => value !== undefined),
  );
  return `${error.stack ?? error.message} ${inspect(fields, options)}`;
}

function nameOf(value: unknown): string {
  return safeGetString(safeGet(value, 'constructor'), 'name') ?? tagOf(value);
}
