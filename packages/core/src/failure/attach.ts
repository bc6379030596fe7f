import { isObjectOrFunction } from '../is.ts';
import { DefenderApiError, ResilienceError } from './errors.ts';
import type { Failure } from './failure.ts';
import { safeGet } from './safe-get.ts';

/**
 * Remembers the failure of a response or error without changing the object, which may be frozen and
 * belongs to its client. Ignores primitives.
 */
export function attachFailure(target: unknown, failure: Failure): void {
  if (isObjectOrFunction(target)) failures.set(target, failure);
}

/**
 * Returns what a wrapped call found out about the `Response` that it resolved with or the error that
 * it rejected with. Undefined for a success, and for anything that no wrapped call has seen. A success
 * with `partial` is one from which some of Graph's security providers are missing. Never throws.
 */
export function failureOf(x: unknown): Failure | undefined {
  for (const related of relatedObjects(x)) {
    const attached = failures.get(related);
    if (attached !== undefined) return attached;
  }
  return isObjectOrFunction(x) ? ownFailure(x) : undefined;
}

/** The failure inside an error of this package. */
export function ownFailure(x: object): Failure | undefined {
  return x instanceof ResilienceError || x instanceof DefenderApiError ? x.failure : undefined;
}

/**
 * A value and the parts of a response or error inside it. Clients such as ky and the Graph SDK create
 * their own error for a `Response`; what was attached to the response applies to that error too.
 */
export function* relatedObjects(x: unknown): Generator<object> {
  if (!isObjectOrFunction(x)) return;
  yield x;
  for (const key of ['response', 'cause', 'headers', 'body']) {
    const part = safeGet(x, key);
    if (isObjectOrFunction(part)) yield part;
  }
}

const SLOT: unique symbol = Symbol.for('@defender-resilience/core/failures');

// All copies of this package in a process share it: the copy that wrapped the call need not be the one
// that is asked.
const failures = sharedFailures();

function sharedFailures(): WeakMap<object, Failure> {
  const shared: unknown = Reflect.get(globalThis, SLOT);
  // Only this package uses the slot's name, so the map's content is known.
  if (shared instanceof WeakMap) return shared as WeakMap<object, Failure>;
  const own = new WeakMap<object, Failure>();
  Reflect.defineProperty(globalThis, SLOT, { value: own });
  return own;
}
