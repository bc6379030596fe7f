import { isObjectOrFunction } from '../is.ts';
import { DefenderApiError, ResilienceError } from './errors.ts';
import type { Failure } from './failure.ts';
import { safeGet } from './safe-get.ts';

/**
 * Notes a failure beside an object, without touching it: errors may be frozen and belong to their
 * client. Primitives are passed over, since nothing can be noted beside them.
 */
export function attachFailure(target: unknown, failure: Failure): void {
  if (isObjectOrFunction(target)) failures.set(target, failure);
}

/**
 * What a wrapped call found out about the `Response` that it gave or the error that it rejected with.
 * Undefined for a success, and for whatever no wrapped call has seen. Never throws.
 */
export function failureOf(x: unknown): Failure | undefined {
  if (!isObjectOrFunction(x)) return undefined;
  const attached = failures.get(x);
  if (attached !== undefined) return attached;
  for (const key of PARTS) {
    const part = safeGet(x, key);
    const carried = isObjectOrFunction(part) ? failures.get(part) : undefined;
    if (carried !== undefined) return carried;
  }
  return ownFailure(x);
}

/** What an error of this package says of itself. */
export function ownFailure(x: object): Failure | undefined {
  return x instanceof ResilienceError || x instanceof DefenderApiError ? x.failure : undefined;
}

/** What the errors of clients keep of the answer that they were made of, or of the error below them. */
const PARTS = ['response', 'cause', 'headers', 'body'] as const;

/**
 * A value, and the parts of an answer that it carries: clients make errors of their own out of a
 * `Response`, as ky and the Graph client do, and what was noted beside the answer holds for them too.
 */
export function* relatedObjects(x: unknown): Generator<object> {
  if (!isObjectOrFunction(x)) return;
  yield x;
  for (const key of PARTS) {
    const part = safeGet(x, key);
    if (isObjectOrFunction(part)) yield part;
  }
}

const SLOT: unique symbol = Symbol.for('@defender-resilience/core/failures');

// Shared by all copies of this package in a process: the one that wrapped the call need not be the
// one that is asked.
const failures = sharedFailures();

function sharedFailures(): WeakMap<object, Failure> {
  const shared: unknown = Reflect.get(globalThis, SLOT);
  // The slot's name is ours, so a map there is one of ours.
  if (shared instanceof WeakMap) return shared as WeakMap<object, Failure>;
  const own = new WeakMap<object, Failure>();
  Reflect.defineProperty(globalThis, SLOT, { value: own });
  return own;
}
