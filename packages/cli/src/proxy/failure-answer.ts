import type { Failure, FailureSource } from '@defender-resilience/core';
import type { OwnAnswer } from './refusal.ts';

interface AnswerKind {
  readonly status: number;
  readonly proxyError: string;
}

/** The answers to calls that ended without a response from the service. */
const KINDS: Readonly<Record<Exclude<FailureSource, 'api' | 'gateway'>, AnswerKind>> = {
  circuit: { status: 503, proxyError: 'destination_unavailable' },
  throttle: { status: 429, proxyError: 'connection_limit_reached' },
  timeout: { status: 504, proxyError: 'http_response_timeout' },
  network: { status: 502, proxyError: 'connection_terminated' },
  cancelled: { status: 503, proxyError: 'proxy_internal_error' },
  unknown: { status: 502, proxyError: 'proxy_internal_error' },
};

/** More specific error types of `Proxy-Status` for network failures. */
const NETWORK_ERRORS: readonly (readonly [codes: RegExp, proxyError: string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'dns_error'],
  [/^ECONNREFUSED$/, 'connection_refused'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'connection_timeout'],
  [/(CERT|TLS|SSL)/, 'tls_certificate_error'],
];

/**
 * The proxy's answer to a call that failed without a response.
 *
 * @param host - the upstream's host
 */
export function failureAnswer(failure: Failure, host: string): OwnAnswer {
  const { source, code, retryAfterMs } = failure;
  // A response of the API is normally forwarded instead of answered here.
  const kind = source === 'api' || source === 'gateway' ? KINDS.unknown : KINDS[source];
  return {
    status: kind.status,
    code,
    proxyError: source === 'network' ? networkError(code) : kind.proxyError,
    message: messageOf(failure, host),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function networkError(code: string): string {
  const known = NETWORK_ERRORS.find(([codes]) => codes.test(code));
  return known?.[1] ?? KINDS.network.proxyError;
}

function messageOf({ source, code, message, advice }: Failure, host: string): string {
  const what = describe(source, code, message, host);
  return advice === undefined ? what : `${what} ${advice}`;
}

/** Uses only the wrapper's own messages, because others may contain parts of the request. */
function describe(source: FailureSource, code: string, message: string, host: string): string {
  if (source === 'circuit' || source === 'throttle' || source === 'timeout') return `${message}.`;
  if (source === 'network') return `No response came from ${host}: ${code}.`;
  return `The proxy could not forward the request to ${host}: ${code}.`;
}
