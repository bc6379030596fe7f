import { isObjectOrFunction } from '../is.ts';
import { words } from '../words.ts';
import { aadstsCodes, entraAdvice } from './advice.ts';
import { changeFailure, createFailure, type Failure } from './failure.ts';
import { codeOf, failureOfBody, failureOfParts, noHeader } from './http-failure.ts';
import { failureOfNetwork, failureOfVague } from './network-failure.ts';
import { findResponse } from './response-parts.ts';
import { safeGet, safeGetString, safeItems } from './safe-get.ts';
import { cleanMessage } from './text.ts';
import { chooseTrackingId } from './tracking-id.ts';
import { failureOfTruncated } from './truncated-body.ts';

export type Recogniser = (error: object, now: () => number) => Failure | undefined;

/**
 * The ways to recognise an error, the most reliable first. Each is tried on the error and all its causes before
 * the next, because an outer error's code says less than the response inside it.
 */
const RECOGNISERS: readonly Recogniser[] = [
  failureOfMsal,
  failureOfHttpError,
  failureOfProxy,
  failureOfNetwork,
  failureOfVague,
  failureOfTruncated,
];

/**
 * Classifies a thrown error. Never throws, and always returns a failure.
 *
 * @param known - looks up an error that was classified before; called first
 */
export function failureOfThrown(error: object, now: () => number, known: Recogniser): Failure {
  const chain = causesOf(error);
  let failure = firstOf(chain, known, now);
  for (const recognise of RECOGNISERS) failure ??= firstOf(chain, recognise, now);
  return failure ?? unknownFailure(chain);
}

function firstOf(
  chain: readonly object[],
  recognise: Recogniser,
  now: () => number,
): Failure | undefined {
  for (const one of chain) {
    const failure = recognise(one, now);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const MAX_CAUSES = 32;

/** The error, its causes, and the errors in an aggregate; each once, the outer ones first. */
function causesOf(error: object): readonly object[] {
  const chain: object[] = [error];
  for (const one of chain) {
    addCause(chain, safeGet(one, 'cause'));
    const errors = safeItems(safeGet(one, 'errors'), MAX_CAUSES) ?? [];
    for (const cause of errors) addCause(chain, cause);
    addCause(chain, safeGet(one, 'originalError'));
  }
  return chain;
}

function addCause(chain: object[], cause: unknown): void {
  if (!isObjectOrFunction(cause) || chain.length >= MAX_CAUSES || chain.includes(cause)) return;
  chain.push(cause);
}

function failureOfHttpError(error: object, now: () => number): Failure | undefined {
  const response = findResponse(error);
  return response === undefined || response.status < 400
    ? undefined
    : failureOfParts(response, now);
}

/** undici reports a proxy's refusal as an error that looks like the caller's abort. */
const PROXY_REFUSAL = /^Proxy response \((\d{3})\)/;

function failureOfProxy(error: object, now: () => number): Failure | undefined {
  const status = PROXY_REFUSAL.exec(safeGetString(error, 'message') ?? '')?.[1];
  if (status === undefined) return undefined;
  const response = { status: Number(status), headers: undefined, body: undefined };
  // The proxy's own 502 is not ambiguous: the request never reached the service.
  return changeFailure(failureOfParts(response, now), {
    advice: PROXY_ADVICE,
    ambiguous: undefined,
  });
}

const PROXY_ADVICE =
  'The proxy refused the connection, so the request was not sent: check the proxy’s address and credentials, and that it allows this host.';

/** MSAL's codes for network errors. */
const MSAL_NETWORK: ReadonlySet<string> = new Set(
  words('network_error no_network_connectivity endpoints_resolution_error openid_config_error'),
);

/** Entra's codes for being temporarily unavailable. */
const MSAL_TRANSIENT: ReadonlySet<string> = new Set(
  words('temporarily_unavailable service_not_available server_error request_timeout'),
);

/** Classifies an error of MSAL, which keeps only parts of Entra's response. */
function failureOfMsal(error: object, now: () => number): Failure | undefined {
  const errorCode = safeGetString(error, 'errorCode');
  const errorMessage = safeGetString(error, 'errorMessage');
  if (errorCode === undefined || errorMessage === undefined) return undefined;
  const message = cleanMessage(errorMessage);
  const otherId = safeGetString(error, 'correlationId');
  const entra = aadstsCodes(message);
  const status = safeGet(error, 'status');
  if (typeof status === 'number' && status >= 400) {
    const body = { origin: 'api', code: errorCode, message, otherId, entra } as const;
    return failureOfBody(status, noHeader, body, now);
  }
  const trackingId = chooseTrackingId([], noHeader, otherId);
  const network = MSAL_NETWORK.has(errorCode);
  return createFailure({
    code: codeOf(undefined, network ? undefined : errorCode).code,
    message,
    trackingId,
    verdict: network || MSAL_TRANSIENT.has(errorCode) ? 'retryable' : 'terminal',
    source: network ? 'network' : 'api',
    advice: entraAdvice(entra),
  });
}

/** Codes of Node, and of clients with codes in the same style. */
const CODE = /^[A-Z][A-Z\d]*_[A-Z\d_]{1,60}$|^E[A-Z\d]{2,30}$/;

function unknownFailure(chain: readonly object[]): Failure {
  const code = chain
    .map((one) => safeGetString(one, 'code'))
    .find((text) => text && CODE.test(text));
  return createFailure({
    code: code ?? 'Unknown',
    message: cleanMessage(safeGetString(chain[0], 'message') ?? ''),
    verdict: 'terminal',
    source: 'unknown',
    advice:
      'This error comes neither from the API nor from the network: look for a bug in the program.',
  });
}
