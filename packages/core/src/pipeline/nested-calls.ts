import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import { relatedObjects } from '../failure/attach.ts';
import type { Failure } from '../failure/failure.ts';

/** A wrapped call that was given up. */
export interface GivenUp {
  /** Its operation's name. */
  readonly call: string;
  readonly failure: Failure;
  /** Grows with each call that is given up. */
  readonly order: number;
}

/** An attempt that other wrapped calls may be made in. */
export interface Surrounding {
  /** The last call in it that was given up. */
  inner: GivenUp | undefined;
}

// Two ways to see that a wrapped call was made inside another. What it ended with is noted, and mostly
// comes out of the outer call as it is, or as a part of an error: that costs nothing until a call fails.
// Clients that make errors of their own out of an answer need the asynchronous context, which costs
// each call some 0.3 µs, and more on Node 22: it is followed once an adapter for such a client is in use.
const ends = new WeakMap<object, GivenUp>();
let context: AsyncLocalStorage<Surrounding> | undefined;
let order = 0;
/** How many wrapped calls have begun and not ended. */
let underWay = 0;

/** Follows the asynchronous context from now on. */
export function followContext(): void {
  context ??= new AsyncLocalStorage();
}

/** Whether it is. */
export function isContextFollowed(): boolean {
  return context !== undefined;
}

/** Runs what an attempt sends, so that the calls made in it can be told. */
export function runInside<T>(attempt: Surrounding, send: () => T): T {
  return context === undefined ? send() : context.run(attempt, send);
}

/** The attempt that a call is made in, where that is known. */
export function surrounding(): Surrounding | undefined {
  return context?.getStore();
}

/** A wrapped call begins; every one that does must end. */
export function callBegins(): void {
  underWay += 1;
}

export function callEnds(): void {
  underWay -= 1;
}

/** A moment, to tell later what was given up since. */
export function moment(): number {
  return order;
}

/** Notes that a wrapped call was given up, with what its caller got. */
export function noteGivenUp(
  call: string,
  failure: Failure,
  given: unknown,
  outer: Surrounding | undefined,
): void {
  // Alone, it is inside no other: a failure is then spared a tenth of its cost.
  if (underWay <= 1) return;
  order += 1;
  const end: GivenUp = { call, failure, order };
  if (outer !== undefined) outer.inner = end;
  if (typeof given === 'object' && given !== null) ends.set(given, end);
}

/**
 * The wrapped call that an attempt failed by, where it was one: it has been repeated as often as it
 * makes sense.
 */
export function givenUpInside(
  attempt: Surrounding,
  since: number,
  given: unknown,
  failure: Failure,
): GivenUp | undefined {
  if (order === since) return undefined;
  for (const part of relatedObjects(given)) {
    const end = ends.get(part);
    if (end !== undefined && end.order > since) return end;
  }
  const { inner } = attempt;
  return inner !== undefined && sameAnswer(inner.failure, failure) ? inner : undefined;
}

// A function may have gone on after an inner call failed, and then failed by something else.
function sameAnswer(inner: Failure, outer: Failure): boolean {
  return outer.status === inner.status && outer.source !== 'timeout';
}

const MAX_WARNINGS = 100;
const warned = new Set<string>();

/** Says once for each pair of operations that one is wrapped inside the other. */
export function warnNested(outer: string, inner: string): void {
  const pair = `${outer} > ${inner}`;
  if (warned.has(pair) || warned.size >= MAX_WARNINGS) return;
  warned.add(pair);
  const detail = placeOf(new Error('place'));
  process.emitWarning(
    `The wrapped call "${inner}" was made inside the wrapped call "${outer}". What the inner one gave up on is not tried again by the outer one; wrap only one of the two.`,
    { code: 'DEFENDER_RESILIENCE_NESTED', ...(detail === '' ? {} : { detail }) },
  );
}

const PACKAGE = new URL('..', import.meta.url);
const OWN_FRAMES = [PACKAGE.href, fileURLToPath(PACKAGE), 'node:'];

/** Where in the caller's code it was: the frames that are neither ours nor Node's. */
function placeOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => line.startsWith('    at ') && !OWN_FRAMES.some((own) => line.includes(own)))
    .join('\n');
}
