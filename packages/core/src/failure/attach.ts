import { isObjectOrFunction } from '../is.ts';
import { DefenderApiError, ResilienceError } from './errors.ts';
import type { Failure } from './failure.ts';
import { safeGet } from './safe-get.ts';

/**
 * Remembers the failure of a response or error without changing the object, which belongs to the client and may
 * be frozen. Ignores primitives.
 */
export function attachFailure(target: unknown, failure: Failure): void {
  if (!isObjectOrFunction(target)) return;
  // An error of this package already contains its failure.
  if (ownFailure(target) === failure && !failures.has(target)) return;
  failures.set(target, failure);
}

/**
 * Returns what a wrapped call found out about the `Response` that it resolved with or the error that
 * it rejected with. Undefined for a success, and for anything that no wrapped call has seen. A success
 * with `partial` is one from which some of Graph's security providers are missing. Never throws.
 */
export function failureOf(x: unknown): Failure | undefined {
  return (
    findRelated(x, (object) => failures.get(object)) ??
    (isObjectOrFunction(x) ? ownFailure(x) : undefined)
  );
}

/** The failure inside an error of this package. */
export function ownFailure(x: object): Failure | undefined {
  return x instanceof ResilienceError || x instanceof DefenderApiError ? x.failure : undefined;
}

const PARTS = ['response', 'cause', 'headers', 'body'] as const;

/**
 * The first result of `find` for a value or for a part of a response or error inside it. Clients such as
 * ky and the Graph SDK create their own error for a `Response`; what was attached to the response applies
 * to that error too.
 */
export function findRelated<T>(x: unknown, find: (object: object) => T | undefined): T | undefined {
  if (!isObjectOrFunction(x)) return undefined;
  let found = find(x);
  for (const key of PARTS) {
    if (found !== undefined) break;
    const part = safeGet(x, key);
    if (isObjectOrFunction(part)) found = find(part);
  }
  return found;
}

const SLOT: unique symbol = Symbol.for('@defender-resilience/core/failures');

// Shared by all copies of this package in a process: `failureOf` may come from another copy than the one that
// wrapped the call.
const failures = sharedFailures();

function sharedFailures(): WeakMap<object, Failure> {
  const shared: unknown = Reflect.get(globalThis, SLOT);
  // Only this package uses the symbol, so the map's content is known.
  if (shared instanceof WeakMap) return shared as WeakMap<object, Failure>;
  const own = new WeakMap<object, Failure>();
  Reflect.defineProperty(globalThis, SLOT, { value: own });
  return own;
}
