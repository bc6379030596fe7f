import type { AsyncLocalStorage } from 'node:async_hooks';
import { findRelated } from '../failure/attach.ts';
import type { Failure } from '../failure/failure.ts';
import { asyncLocalStorage, emitWarning } from '../runtime.ts';

/** A wrapped call that has failed inside another. */
export interface NestedFailure {
  /** Its operation's name. */
  readonly operation: string;
  readonly failure: Failure;
  /** Counts the failed calls. */
  readonly order: number;
}

/** An attempt that other wrapped calls may be made in. */
export interface AttemptScope {
  /** The last call made in it that has failed. */
  nestedFailure: NestedFailure | undefined;
  /** How many calls had failed when it was sent. */
  readonly failuresBefore: number;
}

// Retries must not multiply where a wrapped call is made inside another. Two ways to notice that: the
// failure of the inner call is remembered by what its caller got, which mostly comes out of the outer
// call as it is or as a part of an error. That costs nothing until a call fails. Clients that make
// errors of their own out of a response need the asynchronous context, which slows down each call: it is
// followed once an adapter for such a client is in use.
const failures = new WeakMap<object, NestedFailure>();
let context: AsyncLocalStorage<AttemptScope> | undefined;
let failed = 0;
let activeCalls = 0;

/** Follows the asynchronous context from now on, where the runtime has one. */
export function followContext(): void {
  const Storage = context === undefined ? asyncLocalStorage() : undefined;
  if (Storage !== undefined) context = new Storage();
}

/** Runs what an attempt sends, so that the calls made in it can be attributed to it. */
export function runInScope<T>(scope: AttemptScope, send: () => T): T {
  return context === undefined ? send() : context.run(scope, send);
}

/** The attempt that the current call is made in, where that is known. */
export function currentScope(): AttemptScope | undefined {
  return context?.getStore();
}

/** Counts a call that begins; each needs a {@link callEnded}. */
export function callStarted(): void {
  activeCalls += 1;
}

export function callEnded(): void {
  activeCalls -= 1;
}

/** How many calls have failed so far. */
export function failureCount(): number {
  return failed;
}

/** Remembers that a wrapped call has failed, and what its caller got. */
export function rememberFailure(
  operation: string,
  failure: Failure,
  settled: unknown,
  scope: AttemptScope | undefined,
): void {
  // The only active call is inside no other.
  if (activeCalls <= 1) return;
  failed += 1;
  const nested: NestedFailure = { operation, failure, order: failed };
  if (scope !== undefined) scope.nestedFailure = nested;
  if (typeof settled === 'object' && settled !== null) failures.set(settled, nested);
}

/**
 * The wrapped call that made an attempt fail, if one did: it has been retried as often as makes sense.
 */
export function findNestedFailure(
  scope: AttemptScope,
  settled: unknown,
  failure: Failure,
): NestedFailure | undefined {
  if (failed === scope.failuresBefore) return undefined;
  const nested = findRelated(settled, (part) => {
    const inner = failures.get(part);
    return inner !== undefined && inner.order > scope.failuresBefore ? inner : undefined;
  });
  if (nested !== undefined) return nested;
  const { nestedFailure: last } = scope;
  return last !== undefined && isSameAnswer(last.failure, failure) ? last : undefined;
}

// The caller's function may have gone on after an inner call failed, and then failed for another reason.
function isSameAnswer(inner: Failure, outer: Failure): boolean {
  return outer.status === inner.status && outer.source !== 'timeout';
}

const MAX_WARNINGS = 100;
const warned = new Set<string>();

/** Warns once for each pair of operations that one is wrapped inside the other. */
export function warnNested(outer: string, inner: string): void {
  const pair = `${outer} > ${inner}`;
  if (warned.has(pair) || warned.size >= MAX_WARNINGS) return;
  warned.add(pair);
  const detail = callerFrames(new Error('place'));
  emitWarning(
    `The wrapped call "${inner}" was made inside the wrapped call "${outer}". What the inner one gave up on is not tried again by the outer one; wrap only one of the two.`,
    { code: 'DEFENDER_RESILIENCE_NESTED', ...(detail === '' ? {} : { detail }) },
  );
}

/** The frames of the caller's own code: neither ours nor Node's. Empty in other engines than V8. */
function callerFrames({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  // The first frame is in this file. Its folder is the build's, in the sources `src/pipeline`.
  const own = /\((.*[/\\])/.exec(frames[0] ?? '')?.[1]?.replace(/pipeline[/\\]$/, '');
  return frames
    .filter((line) => own !== undefined && !line.includes(own) && !line.includes('node:'))
    .join('\n');
}
