import type { Failure } from './failure.ts';
import { safeGet, safeGetString, tagOf } from './safe-get.ts';

const PACKAGE = '@defender-resilience/core';
/** The key under which `util.inspect` looks for an object's custom inspection function. */
const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

type Inspect = (value: unknown, options: object) => string;

interface FailedError extends Error {
  readonly failure: Failure;
  readonly operation?: string;
}

/**
 * Names an error class, hides secrets when it is printed, and makes `instanceof` work for errors of
 * another copy of this package: all copies share a marker. Subclasses are unaffected.
 *
 * @param name - passed in because a minifier may rename the class
 */
export function brand(errorClass: { readonly prototype: FailedError }, name: string): void {
  const marker = Symbol.for(`${PACKAGE}/${name}`);
  const hidden = { configurable: true, writable: true } as const;
  Object.defineProperty(errorClass.prototype, 'name', { ...hidden, value: name });
  Object.defineProperty(errorClass.prototype, marker, { value: true });
  Object.defineProperty(errorClass.prototype, INSPECT, {
    ...hidden,
    value(this: FailedError, _depth: number, options: object, inspect: Inspect) {
      return inspectError(this, options, inspect);
    },
  });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, candidate: unknown): boolean {
      if (this === errorClass) return safeGet(candidate, marker) === true;
      return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [candidate]);
    },
  });
}

/**
 * Prints the stack and what is safe to show. Node would also print the cause, and the errors and responses of
 * HTTP clients contain tokens, URLs and bodies.
 */
function inspectError(error: FailedError, options: object, inspect: Inspect): string {
  const { failure, operation, cause } = error;
  const { code, status, trackingId, verdict, source, retryAfterMs, advice } = failure;
  const causeName = cause === undefined ? undefined : nameOf(cause);
  const shown = { operation, code, status, trackingId, verdict, source, retryAfterMs, advice };
  const fields = Object.fromEntries(
    Object.entries({ ...shown, cause: causeName }).filter(([, value]) => value !== undefined),
  );
  return `${error.stack ?? error.message} ${inspect(fields, options)}`;
}

function nameOf(value: unknown): string {
  return safeGetString(safeGet(value, 'constructor'), 'name') ?? tagOf(value);
}
