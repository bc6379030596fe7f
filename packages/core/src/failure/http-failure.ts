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
import type { Failure } from './failure.ts';
import { type HeaderReader, headerReader } from './headers.ts';
import { readRetryAfter } from './retry-after.ts';
import { chooseTrackingId } from './tracking-id.ts';

/** The server will never do what was asked; it is not down either. */
export const NON_RETRYABLE: ReadonlySet<number> = new Set([501, 505]);
/** The request was rejected before it was carried out. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429]);
/** A gateway stopped waiting for the service, which may still execute the request. */
const AMBIGUOUS: ReadonlySet<number> = new Set([502, 504]);

/** An HTTP response in the form that some client gives it. */
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

/** Classifies an HTTP error whose body is parsed already. */
export function failureOfBody(
  status: number,
  header: HeaderReader,
  parsed: ErrorBody,
  now: () => number,
): Failure {
  const { code, entry } = codeOf(status, parsed.code);
  const message = parsed.message ?? '';
  const claims = status === 401 ? readClaimsChallenge(header('www-authenticate')) : undefined;
  const values = valuesOf(status, entry, message, claims);
  const verdict = verdictOf(status, entry);
  const hint = messageHint(status, message);
  const advice = claims === undefined ? adviceFor(status, parsed, entry, hint) : CLAIMS_ADVICE;
  const trackingId = chooseTrackingId([parsed.target, parsed.requestId], header, parsed.otherId);
  const failure: Mutable<Failure> = { code, status, message, verdict, source: parsed.origin };
  if (trackingId !== undefined) failure.trackingId = trackingId;
  if (AMBIGUOUS.has(status)) failure.ambiguous = true;
  if (claims === undefined && isRefreshUseless(status, parsed, hint)) failure.refreshUseless = true;
  if (verdict === 'retryable') {
    const retryAfterMs = readRetryAfter(status, header, values, now());
    if (retryAfterMs !== undefined) failure.retryAfterMs = retryAfterMs;
  }
  if (values !== undefined) failure.values = values;
  if (advice !== undefined) failure.advice = advice;
  if (entry !== undefined) failure.entry = entry;
  return Object.freeze(failure);
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Classifies an error document that came without a status, such as one that an SDK threw; undefined if
 * the catalogue does not have its code.
 */
export function failureOfDocument(parsed: ErrorBody): Failure | undefined {
  const entry = findErrorCode(parsed.code ?? '');
  if (entry === undefined) return undefined;
  const { status, ...failure } = failureOfBody(entry.status, noHeader, parsed, () => 0);
  return Object.freeze(failure);
}

export const noHeader: HeaderReader = () => undefined;

/** Whether sending a request again can succeed that was answered with this status and code. */
export function verdictOf(status: number, entry: CatalogueEntry | undefined): Verdict {
  if (NON_RETRYABLE.has(status)) return 'terminal';
  if (RETRYABLE.has(status)) return 'retryable';
  if (entry !== undefined && entry.verdict !== 'by-status' && isKnownPair(entry, status)) {
    return entry.verdict;
  }
  if (status >= 500) return 'retryable';
  // A used-up quota is over after a while, whatever status reports it.
  return entry?.class === 'throttle' ? 'retryable' : 'terminal';
}

/** With a status that is not its own, a code says less than the status does. */
function isKnownPair({ status, otherStatuses = [] }: CatalogueEntry, actual: number): boolean {
  return status === actual || otherStatuses.includes(actual);
}

/** Anything longer, or with other characters, is not an error code. */
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

function valuesOf(
  status: number,
  entry: CatalogueEntry | undefined,
  message: string,
  claims: string | undefined,
): Failure['values'] {
  if (claims !== undefined) return { claims };
  // A gateway that throttles sends no code, but words its message like the service does.
  const row = entry ?? (status === 429 ? findErrorCode('TooManyRequests') : undefined);
  return row === undefined || message === '' ? undefined : parseMessage(row, message);
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
  // RFC 6750 lets an API send this code in Entra's format: then the token is at fault.
  return (
    hint?.refreshUseless === true || (parsed.entra !== undefined && parsed.code !== 'invalid_token')
  );
}
