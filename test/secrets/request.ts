import type { AnyRequest } from '../../packages/core/test/support/every-client.ts';
import { CALL_HEADER } from './service.ts';

/** Gives the canary of one call for one place. */
export type SecretOf = (name: string) => string;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token like Entra's: the secret is in its claims and in its signature. */
export function tokenOf(call: string, claim: string, signature: string): string {
  const claims = { aud: 'https://api.security.microsoft.com', oid: call, claim };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${'a'.repeat(80)}-_${signature}`;
}

/** A request with a secret in each place that has room for one. */
export function requestOf(call: string, secret: SecretOf, acts: boolean): AnyRequest {
  const path = acts ? '/v1.0/security/incidents/7/comments' : '/v1.0/security/runHuntingQuery';
  const query = [
    `$filter=${encodeURIComponent(`assignedTo eq '${secret('filter')}@contoso.com'`)}`,
    `$search=${encodeURIComponent(`"${secret('search')}"`)}`,
    `sv=2025-01-05&sig=${secret('signature')}%2Bx%3D`,
    secret('parameter name'),
  ];
  return {
    method: 'POST',
    path: `${path}?${query.join('&')}#${secret('fragment')}`,
    headers: {
      [CALL_HEADER]: call,
      'content-type': 'application/json',
      authorization: `Bearer ${tokenOf(call, secret('claim'), secret('token'))}`,
      cookie: `ESTSAUTH=${secret('cookie')}`,
      'x-functions-key': secret('key'),
      // Opaque, and longer than any ID.
      'x-ms-authorization-auxiliary': `Bearer ${secret('auxiliary token')}${'b'.repeat(200)}`,
    },
    body: JSON.stringify({
      Query: `DeviceInfo | where AccountName == "${secret('hunting query')}"`,
      [secret('property name')]: secret('property'),
    }),
  };
}

/** What reaches the service, by each request or by some. */
export const SENT_SECRETS: readonly string[] = [
  ...['filter', 'search', 'signature', 'parameter name', 'claim', 'token', 'cookie', 'key'],
  ...['auxiliary token', 'hunting query', 'property name', 'property', 'fragment'],
  ...['new token', 'signature of a redirect', 'password of user', 'password of proxy'],
];

/** What only the program itself has, or what the service itself says. */
export const OTHER_SECRETS: readonly string[] = [
  ...['error of an observer', 'cause of that', 'name of that', 'reason of an abort'],
  ...['claims of a challenge', 'something that is no token', 'error of refreshToken'],
];
