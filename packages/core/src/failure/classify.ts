import { systemClock } from '../clock.ts';
import { failureOf, ownFailure } from './attach.ts';
import { answerIn } from './client-error.ts';
import { readErrorBody } from './error-body.ts';
import type { Failure } from './failure.ts';
import { failureOfAnswer, failureOfDocument } from './http-failure.ts';
import { failureOfNetwork } from './network-failure.ts';
import { safeGetString, tagOf } from './safe-get.ts';
import { failureOfThrown, type Recogniser } from './thrown.ts';

/** How `classify` reads dates. */
export interface ClassifyOptions {
  /** Milliseconds since 1970, for a Retry-After that is a date. @defaultValue the real time */
  readonly now?: () => number;
}

/**
 * Says what is wrong with an answer or an error: a `Response` (its status and headers, since its body
 * cannot be read at once), `{ status, headers?, body? }`, or whatever fetch, axios, got, ky, superagent,
 * the Microsoft Graph and Azure SDKs or Node itself threw.
 *
 * Reads at most 64 KiB of a body, and never throws, whatever it is given.
 *
 * @returns undefined for a success (a status below 400), and for what is neither an answer nor an error
 */
export function classify(x: unknown, options: ClassifyOptions = {}): Failure | undefined {
  return failureOf(x) ?? failureIn(x, options, failureOf);
}

/**
 * The same, without regard to what an earlier call made of it: a client may reject with one and the
 * same error object again and again.
 */
export function classifyAfresh(x: unknown, options: ClassifyOptions = {}): Failure | undefined {
  return failureIn(x, options, ownFailure);
}

function failureIn(x: unknown, options: ClassifyOptions, known: Recogniser): Failure | undefined {
  if (typeof x !== 'object' || x === null) return undefined;
  try {
    return failureOfObject(x, options.now ?? systemClock.epoch, known);
  } catch {
    return UNREADABLE;
  }
}

/** Something that cannot even be looked at: that it succeeded, nobody can say. */
const UNREADABLE: Failure = Object.freeze({
  code: 'Unknown',
  message: '',
  verdict: 'terminal',
  source: 'unknown',
});

function failureOfObject(x: object, now: () => number, known: Recogniser): Failure | undefined {
  if (isError(x)) return failureOfThrown(x, now, known);
  const answer = answerIn(x);
  if (answer !== undefined) return answer.status < 400 ? undefined : failureOfAnswer(answer, now);
  return failureOfDocument(readErrorBody(x)) ?? failureOfNetwork(x) ?? ifUnreadable(x);
}

function isError(x: object): boolean {
  if (tagOf(x) === 'Error') return true;
  // A DOMException, a proxy, or an error that goes by a tag of its own.
  return safeGetString(x, 'stack') !== undefined && safeGetString(x, 'message') !== undefined;
}

function ifUnreadable(x: object): Failure | undefined {
  for (const key of ['status', 'statusCode', 'message', 'code']) Reflect.get(x, key);
  return undefined;
}
