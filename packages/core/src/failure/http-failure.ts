import { findErrorCode } from '../catalogue/codes.ts';
import type { CatalogueEntry } from '../catalogue/entry.ts';
import { parseMessage } from '../catalogue/message.ts';
import { entraAdvice } from './entra.ts';
import { readErrorBody } from './error-body.ts';
import type { ErrorBody } from './error-shapes.ts';
import type { Failure } from './failure.ts';
import { type HeaderReader, headerReader } from './headers.ts';
import { readRetryAfter } from './retry-after.ts';
import { statusAdvice } from './status-advice.ts';
import { type Symptom, symptomOf } from './symptoms.ts';
import { chooseTrackingId } from './tracking-id.ts';
import { isInDoubt, verdictOf } from './verdict.ts';

/** An HTTP answer, of whatever make its parts are. */
export interface Answer {
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

/** What an HTTP answer with a status of 400 or more says. `now` is in milliseconds since 1970. */
export function failureOfAnswer({ status, headers, body }: Answer, now: () => number): Failure {
  return failureOfParts(status, headerReader(headers), readErrorBody(body), now);
}

/** The same, for a body that was read already. */
export function failureOfParts(
  status: number,
  header: HeaderReader,
  said: ErrorBody,
  now: () => number,
): Failure {
  const { code, entry } = codeOf(status, said.code);
  const message = said.message ?? '';
  const values = valuesOf(status, entry, message);
  const verdict = verdictOf(status, entry);
  const symptom = symptomOf(status, message);
  const advice = adviceFor(status, said, entry, symptom);
  const trackingId = chooseTrackingId([said.target, said.requestId], header, said.otherId);
  const failure: Mutable<Failure> = { code, status, message, verdict, source: said.origin };
  if (trackingId !== undefined) failure.trackingId = trackingId;
  if (isInDoubt(status)) failure.ambiguous = true;
  if (isRefreshUseless(status, said, symptom)) failure.refreshUseless = true;
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
 * What an error document alone says, such as one that an SDK threw without its status; undefined where
 * the catalogue does not know its code.
 */
export function failureOfDocument(said: ErrorBody): Failure | undefined {
  const entry = findErrorCode(said.code ?? '');
  if (entry === undefined) return undefined;
  const { status, ...failure } = failureOfParts(entry.status, noHeader, said, noTime);
  return Object.freeze(failure);
}

const noHeader = (): undefined => undefined;
const noTime = (): number => 0;

interface Code {
  readonly code: string;
  readonly entry?: CatalogueEntry | undefined;
}

/** Longer codes, and those of other characters, are none. */
const CODE = /^[\w.-]{1,64}$/;

/** The code in the catalogue's spelling, else as it is; where there is none, by the status. */
export function codeOf(status: number | undefined, said: string | undefined): Code {
  const code = said?.trim() ?? '';
  const entry = CODE.test(code) ? findErrorCode(code) : undefined;
  if (entry !== undefined) return { code: entry.code, entry };
  // The bare status in the place of a code says nothing new.
  if (CODE.test(code) && code !== String(status)) return { code };
  return { code: status === undefined ? 'Unknown' : `Http${status}` };
}

function valuesOf(
  status: number,
  entry: CatalogueEntry | undefined,
  message: string,
): Failure['values'] {
  // A gateway that counts calls names no code, but tells its wait in the same words.
  const row = entry ?? (status === 429 ? findErrorCode('TooManyRequests') : undefined);
  return row === undefined || message === '' ? undefined : parseMessage(row, message);
}

function adviceFor(
  status: number,
  { entra }: ErrorBody,
  entry: CatalogueEntry | undefined,
  symptom: Symptom | undefined,
): string | undefined {
  if (symptom !== undefined) return symptom.advice;
  if (entra !== undefined && status < 500) return entraAdvice(entra);
  return entry?.advice ?? statusAdvice(status);
}

/** Entra refuses a credential: what `refreshToken` would ask it for is refused in the same way. */
function isRefreshUseless(status: number, said: ErrorBody, symptom: Symptom | undefined): boolean {
  if (status !== 401) return false;
  // RFC 6750 gives an API this one code in the same form: there the token is at fault.
  return (
    symptom?.refreshUseless === true || (said.entra !== undefined && said.code !== 'invalid_token')
  );
}
