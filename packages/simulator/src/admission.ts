import { type Call, Refusal } from './answer.ts';
import { DOWNLOADS } from './downloads.ts';
import { dialectOf, isTokenPath, usualCode } from './errors.ts';
import type { QuotaRefusal } from './quota/group-quota.ts';
import { GRAPH_THROTTLED, refusalMessage, secondsOf, wholeMs } from './quota/messages.ts';
import type { Audience, TokenFault, Tokens } from './tokens.ts';

const GRAPH_MESSAGES: Readonly<Record<TokenFault, string>> = {
  missing: 'Access token is empty.',
  unknown: 'CompactToken validation failed with reason code: 80049228.',
  expired: 'Lifetime validation failed, the token is expired.',
  audience: 'Access token validation failure. Invalid audience.',
};

const REAL_MINUTE_MS = 60_000;

function audienceOf(call: Call): Audience | undefined {
  return dialectOf(call.path) === 'graph' ? 'graph' : call.operation.family;
}

/** What a call without good credentials is told; undefined when they are good. */
export function credentialsRefusal(call: Call, tokens: Tokens): Refusal | undefined {
  // The one gives tokens out, the other has its own in the address.
  if (isTokenPath(call.path) || call.path.startsWith(DOWNLOADS)) return undefined;
  const authorization = call.headers['authorization'];
  const audience = audienceOf(call);
  const fault = tokens.faultOf(authorization, audience, call.clock.epoch());
  if (fault === undefined) return undefined;
  if (audience === 'graph') {
    return new Refusal('InvalidAuthenticationToken', { message: GRAPH_MESSAGES[fault] });
  }
  if (fault !== 'audience') return new Refusal('Unauthorized');
  return new Refusal('Unauthorized', { values: tokens.claimsOf(authorization) });
}

function waitHeaders(call: Call, waitMs: number): Record<string, string> {
  // Only the MDE and Graph pages promise the header; XDR's say that the wait is in the body.
  const told = call.operation.family !== 'xdr';
  return {
    ...(told ? { 'retry-after': String(secondsOf(waitMs)) } : {}),
    // A shortened minute can be over long before the next whole second.
    ...(call.minuteMs < REAL_MINUTE_MS ? { 'retry-after-ms': String(wholeMs(waitMs)) } : {}),
  };
}

/** What a call beyond its quota is told. */
export function quotaRefusal(refused: QuotaRefusal, call: Call): Refusal {
  const dialect = dialectOf(call.path);
  const code = usualCode(429, dialect) ?? '429';
  const headers = waitHeaders(call, refused.waitMs);
  return dialect === 'graph'
    ? new Refusal(code, { status: 429, ...GRAPH_THROTTLED, headers })
    : new Refusal(code, { status: 429, message: refusalMessage(refused), headers });
}
