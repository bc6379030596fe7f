import { ApiError, type Call } from './call.ts';
import { isTokenPath, serviceOf, usualCode } from './errors.ts';
import type { ExceededLimit } from './quota/group-quota.ts';
import { secondsOf, throttledDetails, wholeMs } from './quota/throttled.ts';
import { DOWNLOADS } from './routes/downloads.ts';
import type { Audience, TokenFault, Tokens } from './tokens.ts';

const GRAPH_MESSAGES: Readonly<Record<TokenFault, string>> = {
  missing: 'Access token is empty.',
  unknown: 'CompactToken validation failed with reason code: 80049228.',
  expired: 'Lifetime validation failed, the token is expired.',
  audience: 'Access token validation failure. Invalid audience.',
};

const REAL_MINUTE_MS = 60_000;

function audienceOf(call: Call): Audience | undefined {
  return serviceOf(call.path) === 'graph' ? 'graph' : call.operation.family;
}

/** The error for a call without a valid token; undefined if the token is valid. */
export function credentialsError(call: Call, tokens: Tokens): ApiError | undefined {
  // The token endpoint needs no token, and a download link contains one.
  if (isTokenPath(call.path) || call.path.startsWith(DOWNLOADS)) return undefined;
  const authorization = call.headers['authorization'];
  const audience = audienceOf(call);
  const fault = tokens.faultOf(authorization, audience, call.clock.epoch());
  if (fault === undefined) return undefined;
  if (audience === 'graph') {
    return new ApiError('InvalidAuthenticationToken', { message: GRAPH_MESSAGES[fault] });
  }
  if (fault !== 'audience') return new ApiError('Unauthorized');
  return new ApiError('Unauthorized', { values: tokens.claimsOf(authorization) });
}

function waitHeaders({ operation, minuteMs }: Call, waitMs: number): Record<string, string> {
  return {
    // Only the MDE and Graph pages promise the header; XDR's say that the wait is in the body.
    ...(operation.family === 'xdr' ? {} : { 'retry-after': String(secondsOf(waitMs)) }),
    // A shortened minute can be over long before the next whole second.
    ...(minuteMs < REAL_MINUTE_MS ? { 'retry-after-ms': String(wholeMs(waitMs)) } : {}),
  };
}

/** The error for a call beyond its quota. */
export function quotaError(exceeded: ExceededLimit, call: Call): ApiError {
  const service = serviceOf(call.path);
  return new ApiError(usualCode(429, service) ?? '429', {
    ...throttledDetails(service, exceeded),
    status: 429,
    headers: waitHeaders(call, exceeded.waitMs),
  });
}
