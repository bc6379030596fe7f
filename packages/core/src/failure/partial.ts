import { isObject } from '../is.ts';
import { attachFailure } from './attach.ts';
import { createFailure, type Failure, type ProviderFailure } from './failure.ts';
import { headerReader } from './headers.ts';
import { verdictOf } from './http-failure.ts';
import { findResponse } from './response-parts.ts';
import { chooseTrackingId } from './tracking-id.ts';

const MAX_PROVIDERS = 20;

/** `199 - "{Vendor}/{Provider}/{StatusCode}/{LatencyInMs}"`, once for each provider. */
const WARNING =
  /\b199 \S+ "([\w .,&()+-]{1,64})\/([\w .,&()+-]{1,64})\/(\d{3})\/(\d{1,9})(?:\.\d+)?"/g;

const RETRY_ADVICE = 'Send the request again later to get them.';
const ACCESS_ADVICE =
  'A 401 or 403 means that the app or the tenant has no access to the provider: check licence and permissions.';

/**
 * Attaches the security providers that are missing from one of Graph's 206 responses, for `failureOf`. Ignores
 * any other response, such as a part of a download.
 */
export function attachPartial(response: unknown): void {
  const failure = isObject(response) ? partialFailureOf(response) : undefined;
  if (failure !== undefined) attachFailure(response, failure);
}

function partialFailureOf(response: object): Failure | undefined {
  const header = headerReader(findResponse(response)?.headers);
  const partial = providersIn(header('warning') ?? '');
  if (partial.length === 0) return undefined;
  const trackingId = chooseTrackingId([], header, undefined);
  const names = partial.map((one) => `${one.vendor}/${one.provider} (${one.status})`).join(', ');
  const passes = partial.every(({ status }) => verdictOf(status, undefined) === 'retryable');
  return createFailure({
    code: 'Http206',
    status: 206,
    message: '',
    verdict: passes ? 'retryable' : 'terminal',
    source: 'api',
    trackingId,
    partial,
    advice: `The response is missing the results of ${names}. ${passes ? RETRY_ADVICE : ACCESS_ADVICE}`,
  });
}

function providersIn(warning: string): readonly ProviderFailure[] {
  return [...warning.matchAll(WARNING)]
    .slice(0, MAX_PROVIDERS)
    .map(([, vendor = '', provider = '', status, latencyMs]) => ({
      vendor,
      provider,
      status: Number(status),
      latencyMs: Number(latencyMs),
    }));
}
