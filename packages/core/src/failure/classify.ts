import { systemClock } from '../clock.ts';
import { isObject } from '../is.ts';
import { failureOf, ownFailure } from './attach.ts';
import { readErrorBody } from './error-body.ts';
import { createFailure, type Failure } from './failure.ts';
import { failureOfDocument, failureOfParts } from './http-failure.ts';
import { failureOfNetwork } from './network-failure.ts';
import { findResponse } from './response-parts.ts';
import { safeGetString, tagOf } from './safe-get.ts';
import { failureOfThrown, type Recogniser } from './thrown.ts';

/** The options of `classify`. */
export interface ClassifyOptions {
  /**
   * Returns the current time in milliseconds since 1970, to turn a Retry-After date into a wait.
   *
   * @defaultValue the real time
   */
  readonly now?: () => number;
}

/**
 * Explains an HTTP response or an error: its code, whether a retry can help, how long to wait, and what
 * to do. Synchronous and without I/O; reads at most 64 KiB of a body, and never throws.
 *
 * Takes a `Response` (by its status and headers, because its body cannot be read synchronously), a `{ status,
 * headers?, body? }`, or an error thrown by fetch, undici, axios, got, ky, superagent, the Microsoft Graph and
 * Azure SDKs, MSAL, or Node itself. If a wrapped call has already classified the object, returns that result,
 * as `failureOf` does.
 *
 * @returns undefined for a success (a status below 400), and for what is neither a response nor an error
 *
 * @example
 * ```ts
 * const body = await response.text();
 * const failure = classify({ status: response.status, headers: response.headers, body });
 * if (failure?.verdict === 'retryable') console.log(`try again in ${failure.retryAfterMs ?? 1_000} ms`);
 * ```
 */
export function classify(x: unknown, options: ClassifyOptions = {}): Failure | undefined {
  const known = failureOf(x);
  // A partial response is a success.
  if (known?.partial !== undefined) return undefined;
  return known ?? failureIn(x, options, failureOf);
}

/** Like `classify`, but ignores earlier results: a client may reject with the same error object again and again. */
export function classifyAfresh(x: unknown, options: ClassifyOptions = {}): Failure | undefined {
  return failureIn(x, options, ownFailure);
}

function failureIn(x: unknown, options: ClassifyOptions, known: Recogniser): Failure | undefined {
  if (!isObject(x)) return undefined;
  try {
    return failureOfObject(x, options.now ?? systemClock.epoch, known);
  } catch {
    return UNREADABLE;
  }
}

/** For an object that throws when it is read, so it may not be a success. */
const UNREADABLE: Failure = createFailure({
  code: 'Unknown',
  message: '',
  verdict: 'terminal',
  source: 'unknown',
});

function failureOfObject(x: object, now: () => number, known: Recogniser): Failure | undefined {
  if (isError(x)) return failureOfThrown(x, now, known);
  const response = findResponse(x);
  if (response !== undefined) {
    return response.status < 400 ? undefined : failureOfParts(response, now);
  }
  const failure = failureOfDocument(readErrorBody(x)) ?? failureOfNetwork(x);
  if (failure === undefined) throwIfUnreadable(x);
  return failure;
}

function isError(x: object): boolean {
  if (tagOf(x) === 'Error') return true;
  // A DOMException, a proxy, or an error with a tag of its own.
  return safeGetString(x, 'stack') !== undefined && safeGetString(x, 'message') !== undefined;
}

function throwIfUnreadable(x: object): void {
  for (const key of ['status', 'statusCode', 'message', 'code']) Reflect.get(x, key);
}
