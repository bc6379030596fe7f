import { isObjectOrFunction } from '../is.ts';
import { failureOfAuth } from './auth-error.ts';
import { answerIn } from './client-error.ts';
import type { Failure } from './failure.ts';
import { failureOfAnswer } from './http-failure.ts';
import { failureOfNetwork, failureOfVague } from './network-failure.ts';
import { failureOfProxy } from './proxy-error.ts';
import { safeGet, safeGetString } from './safe-get.ts';
import { cleanMessage } from './text.ts';

export type Recogniser = (error: object, now: () => number) => Failure | undefined;

/**
 * What an error may be, the surest first: each is looked for in the error and in all its causes before
 * the next, since a wrapper's own code says less than the answer that it wraps.
 */
const RECOGNISERS: readonly Recogniser[] = [
  failureOfAuth,
  failureOfFailedAnswer,
  failureOfProxy,
  failureOfNetwork,
  failureOfVague,
];

/**
 * What a thrown error says. Whatever it is, it is a failure. Never throws.
 *
 * @param known - tells what is known already of an error; asked first
 */
export function failureOfThrown(error: object, now: () => number, known: Recogniser): Failure {
  const chain = causesOf(error);
  for (const recognise of [known, ...RECOGNISERS]) {
    for (const one of chain) {
      const failure = recognise(one, now);
      if (failure !== undefined) return failure;
    }
  }
  return unknownFailure(chain);
}

function failureOfFailedAnswer(error: object, now: () => number): Failure | undefined {
  const answer = answerIn(error);
  return answer === undefined || answer.status < 400 ? undefined : failureOfAnswer(answer, now);
}

const MAX_CAUSES = 32;

/** The error, its causes, and the errors that an aggregate holds; each once, the outer first. */
function causesOf(error: object): readonly object[] {
  const chain = new Set<object>([error]);
  for (const one of chain) {
    const errors = safeGet(one, 'errors');
    const listed: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
    for (const cause of [safeGet(one, 'cause'), ...listed, safeGet(one, 'originalError')]) {
      if (chain.size < MAX_CAUSES && isObjectOrFunction(cause)) chain.add(cause);
    }
  }
  return [...chain];
}

/** Node's own codes, and those of the clients that follow it. */
const CODE = /^[A-Z][A-Z\d]*_[A-Z\d_]{1,60}$|^E[A-Z\d]{2,30}$/;

function unknownFailure(chain: readonly object[]): Failure {
  const code = chain
    .map((one) => safeGetString(one, 'code'))
    .find((text) => text && CODE.test(text));
  return Object.freeze({
    code: code ?? 'Unknown',
    message: cleanMessage(safeGetString(chain[0], 'message') ?? ''),
    verdict: 'terminal',
    source: 'unknown',
    advice: 'This is no error of the API or of the network: look for a fault in the program.',
  });
}
