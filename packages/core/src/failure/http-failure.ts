import { findErrorCode } from '../catalogue/codes.ts';
import type { CatalogueEntry, Verdict } from '../catalogue/entry.ts';
import { parseMessage } from '../catalogue/message.ts';
import {
  CLAIMS_ADVICE,
  entraAdvice,
  type MessageHint,
  messageHint,
  statusAdvice,
} from './advice.ts';
import { readClaimsChallenge } from './claims.ts';
import { readErrorBody } from './error-body.ts';
import type { ErrorBody } from './error-document.ts';
import { changeFailure, createFailure, type Failure } from './failure.ts';
import { type HeaderReader, headerReader } from './headers.ts';
import { readRetryAfter } from './retry-after.ts';
import { chooseTrackingId } from './tracking-id.ts';

/** The server will never support the request, and is not down either. */
export const NON_RETRYABLE: ReadonlySet<number> = new Set([501, 505]);
/** The request was rejected before it was carried out. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429]);
/** A gateway stopped waiting for the service, which may still carry out the request. */
const AMBIGUOUS: ReadonlySet<number> = new Set([502, 504]);

/** An HTTP response in the form of any client. */
export interface ResponseParts {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

/** Classifies an HTTP error. `now` gives milliseconds since 1970. */
export function failureOfParts(
  { status, headers, body }: ResponseParts,
  now: () => number,
): Failure {
  return failureOfBody(status, headerReader(headers), readErrorBody(body), now);
}

/** Classifies an HTTP error whose body is already parsed. */
export function failureOfBody(
  status: number,
  header: HeaderReader,
  parsed: ErrorBody,
  now: () => number,
): Failure {
  const { code, entry } = codeOf(status, parsed.code);
  const message = parsed.message ?? '';
  const throttled = isThrottled(status, entry, message);
  // A throttling gateway sends no code, but its message has the service's wording.
  const row = entry ?? (throttled ? findErrorCode('TooManyRequests') : undefined);
  const claims = status === 401 ? readClaimsChallenge(header('www-authenticate')) : undefined;
  const values = claims === undefined ? row && parseMessage(row, message) : { claims };
  const verdict = throttled ? 'retryable' : verdictOf(status, entry);
  const hint = messageHint(status, code, message);
  const advice = claims === undefined ? adviceFor(status, parsed, row, hint) : CLAIMS_ADVICE;
  const trackingId = chooseTrackingId([parsed.target, parsed.requestId], header, parsed.otherId);
  const retryAfterMs =
    verdict === 'retryable'
      ? readRetryAfter(status, header, { message, values }, now())
      : undefined;
  const isUseless = claims === undefined && isRefreshUseless(status, parsed, hint);
  const ambiguous = verdict === 'retryable' && isAmbiguous(status, retryAfterMs, entry, parsed);
  return createFailure({
    code,
    status,
    message,
    trackingId,
    verdict,
    source: parsed.origin,
    ambiguous: ambiguous || undefined,
    refreshUseless: isUseless || undefined,
    retryAfterMs,
    values,
    advice,
    entry,
  });
}

/**
 * Classifies an error document that came without a status, such as one that an SDK threw; undefined if its code
 * is not in the catalogue.
 */
export function failureOfDocument(parsed: ErrorBody): Failure | undefined {
  const entry = findErrorCode(parsed.code ?? '');
  if (entry === undefined) return undefined;
  const failure = failureOfBody(entry.status, noHeader, parsed, () => 0);
  return changeFailure(failure, { status: undefined });
}

export const noHeader: HeaderReader = () => undefined;

/**
 * Whether a 5xx may come from a request that was carried out. A Retry-After or the service's own error format
 * means that it was not; a gateway or proxy does not know.
 */
function isAmbiguous(
  status: number,
  retryAfterMs: number | undefined,
  entry: CatalogueEntry | undefined,
  { origin, entra, bare }: ErrorBody,
): boolean {
  if (AMBIGUOUS.has(status)) return true;
  if (status < 500 || retryAfterMs !== undefined) return false;
  if (origin === 'gateway' || entra !== undefined) return true;
  return entry === undefined ? bare === true : entry.verdict === 'by-status';
}

/** API Management reports a used-up quota as 403. */
const QUOTA_MESSAGE = /\bquota will be replenished in\b|\brate limit is exceeded\b/i;

function isThrottled(status: number, entry: CatalogueEntry | undefined, message: string): boolean {
  return status === 429 || (status === 403 && entry === undefined && QUOTA_MESSAGE.test(message));
}

/** Whether a request that failed with this status and code can succeed if it is sent again. */
export function verdictOf(status: number, entry: CatalogueEntry | undefined): Verdict {
  if (NON_RETRYABLE.has(status)) return 'terminal';
  if (RETRYABLE.has(status)) return 'retryable';
  if (entry !== undefined && entry.verdict !== 'by-status' && isKnownPair(entry, status)) {
    return entry.verdict;
  }
  if (status >= 500) return 'retryable';
  // A used-up quota recovers, whatever status reports it.
  return entry?.class === 'throttle' ? 'retryable' : 'terminal';
}

/** A code with an unusual status says less than the status. */
function isKnownPair({ status, otherStatuses = [] }: CatalogueEntry, actual: number): boolean {
  return status === actual || otherStatuses.includes(actual);
}

/** Anything longer or with other characters is not an error code. */
const CODE = /^[\w.-]{1,64}$/;

interface Code {
  readonly code: string;
  readonly entry?: CatalogueEntry | undefined;
}

/** The code in the catalogue's spelling, else as received; without one, a code made of the status. */
export function codeOf(status: number | undefined, received: string | undefined): Code {
  const code = received?.trim() ?? '';
  const entry = CODE.test(code) ? findErrorCode(code) : undefined;
  if (entry !== undefined) return { code: entry.code, entry };
  // A code that repeats the status adds nothing.
  if (CODE.test(code) && code !== String(status)) return { code };
  return { code: status === undefined ? 'Unknown' : `Http${status}` };
}

function adviceFor(
  status: number,
  { entra }: ErrorBody,
  entry: CatalogueEntry | undefined,
  hint: MessageHint | undefined,
): string | undefined {
  if (hint !== undefined) return hint.advice;
  if (entra !== undefined && status < 500) return entraAdvice(entra);
  return entry?.advice ?? statusAdvice(status);
}

/** If Entra refuses the app's credential, it will refuse it again when `refreshToken` asks. */
function isRefreshUseless(
  status: number,
  parsed: ErrorBody,
  hint: MessageHint | undefined,
): boolean {
  if (status !== 401) return false;
  // RFC 6750 lets every API send this code in Entra's format: then the token is at fault.
  return (
    hint?.refreshUseless === true || (parsed.entra !== undefined && parsed.code !== 'invalid_token')
  );
}
