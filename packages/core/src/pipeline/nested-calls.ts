import type { AsyncLocalStorage } from 'node:async_hooks';
import { findRelated } from '../failure/attach.ts';
import type { Failure } from '../failure/failure.ts';
import { asyncLocalStorage, emitWarning } from '../runtime.ts';

/** A wrapped call that has failed inside another. */
export interface NestedFailure {
  /** Its operation's name. */
  readonly operation: string;
  readonly failure: Failure;
  /** The value of the count of failed calls, this one included. */
  readonly order: number;
  /** The value of the count of calls when it began, itself included. */
  readonly callNumber: number;
  /** The attempt inside which it was made, if it is known. */
  readonly scope: AttemptScope | undefined;
}

/** An attempt, inside which other wrapped calls may be made. */
export interface AttemptScope {
  /** The last failed call inside the attempt. */
  nestedFailure: NestedFailure | undefined;
  /** How many calls had failed when the attempt was sent. */
  readonly failuresBefore: number;
  /** How many calls had begun when the attempt was sent. */
  readonly callsBefore: number;
  /** Whether the calls made inside the attempt know it. */
  readonly followed: boolean;
}

// Retries must not multiply when a wrapped call is made inside another. There are two ways to notice that. The
// failure of the inner call is remembered by the value or error that its caller got, which usually leaves the
// outer call too, by itself or inside another error. That costs nothing until a call fails. Clients that create
// their own errors from a response need the asynchronous context, which slows down each call: it is followed
// only if an adapter for such a client is used.
//
// Two calls can get the same error although neither is inside the other, such as that of a connection or a
// token that they share. The context decides, if it is followed. Otherwise only a call that began during an
// attempt can be inside it, and the context is followed from the first such case on.
const failures = new WeakMap<object, NestedFailure>();
let context: AsyncLocalStorage<AttemptScope> | undefined;
/** Whether an adapter for a client that creates errors of its own is used. */
let ownErrors = false;
let failed = 0;
let begun = 0;
let activeCalls = 0;

/** Follows the asynchronous context from now on, since a client creates errors of its own. */
export function followContext(): void {
  ownErrors = true;
  createContext();
}

/** Follows the asynchronous context from now on, if the runtime has one. */
function createContext(): void {
  const Storage = context === undefined ? asyncLocalStorage() : undefined;
  if (Storage !== undefined) context = new Storage();
}

/** Whether calls that begin now can know the attempt inside which they are made. */
export function isContextFollowed(): boolean {
  return context !== undefined;
}

/** Runs `send` so that the calls made in it can be attributed to the attempt. */
export function runInScope<T>(scope: AttemptScope, send: () => T): T {
  return context === undefined ? send() : context.run(scope, send);
}

/** The attempt inside which the current call is made, if it is known. */
export function currentScope(): AttemptScope | undefined {
  return context?.getStore();
}

/** Counts a call that begins; each needs a {@link callEnded}. Returns its number. */
export function callStarted(): number {
  activeCalls += 1;
  begun += 1;
  return begun;
}

export function callEnded(): void {
  activeCalls -= 1;
}

/** How many calls have failed so far. */
export function failureCount(): number {
  return failed;
}

/** How many calls have begun so far. */
export function callCount(): number {
  return begun;
}

/** Remembers that a wrapped call has failed, by the value or error that its caller got. */
export function rememberFailure(
  operation: string,
  failure: Failure,
  settled: unknown,
  { callNumber, scope }: Pick<NestedFailure, 'callNumber' | 'scope'>,
): void {
  // The only active call cannot be inside another.
  if (activeCalls <= 1) return;
  failed += 1;
  const nested: NestedFailure = { operation, failure, order: failed, callNumber, scope };
  if (ownErrors && scope !== undefined) scope.nestedFailure = nested;
  if (typeof settled === 'object' && settled !== null) failures.set(settled, nested);
}

/** The wrapped call that made an attempt fail, if any: it has already used up its retries. */
export function findNestedFailure(
  scope: AttemptScope,
  settled: unknown,
  failure: Failure,
): NestedFailure | undefined {
  if (failed === scope.failuresBefore) return undefined;
  const nested = findRelated(settled, (part) => {
    const inner = failures.get(part);
    return inner !== undefined && isInside(inner, scope) ? inner : undefined;
  });
  if (nested !== undefined) {
    createContext();
    return nested;
  }
  const { nestedFailure: last } = scope;
  return last !== undefined && isSameAnswer(last.failure, failure) ? last : undefined;
}

function isInside({ order, callNumber, scope }: NestedFailure, outer: AttemptScope): boolean {
  if (order <= outer.failuresBefore) return false;
  return outer.followed ? scope === outer : callNumber > outer.callsBefore;
}

// The caller's function may have continued after an inner call failed, and then failed for another reason.
function isSameAnswer(inner: Failure, outer: Failure): boolean {
  return outer.status === inner.status && outer.source !== 'timeout';
}

const MAX_WARNINGS = 100;
const warned = new Set<string>();

/** Warns that one operation is wrapped inside another, once for each pair. */
export function warnNested(outer: string, inner: string): void {
  const pair = `${outer} > ${inner}`;
  if (warned.has(pair) || warned.size >= MAX_WARNINGS) return;
  warned.add(pair);
  const detail = callerFrames(new Error('place'));
  emitWarning(
    `The wrapped call "${inner}" was made inside the wrapped call "${outer}". The outer one does not retry the inner one's failures; wrap only one of the two.`,
    { code: 'DEFENDER_RESILIENCE_NESTED', ...(detail === '' ? {} : { detail }) },
  );
}

/** The stack frames of the caller's own code, without ours and Node's. Empty in engines other than V8. */
function callerFrames({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => line.startsWith('    at '));
  // The first frame is in this file, whose folder is that of the build, or `src/pipeline` in the sources.
  const own = /^[^(]*\((.*[/\\])/.exec(frames[0] ?? '')?.[1]?.replace(/pipeline[/\\]$/, '');
  return frames
    .filter((line) => own !== undefined && !line.includes(own) && !line.includes('node:'))
    .join('\n');
}
