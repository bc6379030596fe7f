import {
  type ErrorClass,
  type Failure,
  type FailureSource,
  findErrorCode,
  metricCode,
  metricCodes,
} from '@defender-resilience/core';
import { ERROR_TYPE_VALUE_OTHER } from '@opentelemetry/semantic-conventions';

/** The error codes of Node and undici that are attribute values; any other is `network`. */
export const transportCodes: readonly string[] = Object.freeze([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ETIMEDOUT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

const knownTransportCodes: ReadonlySet<string> = new Set(transportCodes);

const classes: ReadonlyMap<string, ErrorClass> = new Map(
  metricCodes.map((row) => [row.code, row.class]),
);

/** The value for a failure without a response, by its source. */
export const ownErrorTypes: Readonly<Partial<Record<FailureSource, string>>> = Object.freeze({
  timeout: 'timeout',
  circuit: 'circuit_open',
  throttle: 'rate_limited',
  network: 'network',
});

/** Every value that `error.type` can have, except the HTTP statuses of unknown codes. */
export const errorTypes: readonly string[] = Object.freeze([
  ...metricCodes.map(({ code }) => code).filter((code) => findErrorCode(code) !== undefined),
  ...transportCodes,
  ...Object.values(ownErrorTypes),
  ERROR_TYPE_VALUE_OTHER,
]);

/**
 * The value of `error.type`: the code, if the catalogue has it; else the HTTP status. Without a response:
 * Node's code, `network`, `timeout`, `circuit_open` or `rate_limited`. `_OTHER` for everything else. The set is
 * bounded, so that metrics can use the same values as spans.
 */
export function errorTypeOf(failure: Failure): string {
  const { code, source, status } = failure;
  if (source === 'network' && knownTransportCodes.has(code)) return code;
  const own = ownErrorTypes[source];
  if (own !== undefined) return own;
  const known = metricCode(failure);
  if (findErrorCode(known) !== undefined) return known;
  return isStatus(status) ? String(status) : ERROR_TYPE_VALUE_OTHER;
}

/** The kind of error, from a closed set. */
export function errorClassOf(failure: Failure): ErrorClass {
  return classes.get(metricCode(failure)) ?? 'server';
}

/** A failure's attributes in metrics. */
export interface ErrorLabels {
  readonly type: string;
  readonly class: ErrorClass;
}

export function errorLabelsOf(failure: Failure): ErrorLabels {
  return { type: errorTypeOf(failure), class: errorClassOf(failure) };
}

const MAX_CODE_LENGTH = 64;

/**
 * The service's error code, for a span. A service may echo the request, so a text that does not look like a
 * code is replaced.
 */
export function errorCodeOf({ code }: Failure): string {
  return code.length <= MAX_CODE_LENGTH && /^[\w.:-]+$/.test(code) ? code : ERROR_TYPE_VALUE_OTHER;
}

function isStatus(status: number | undefined): status is number {
  return status !== undefined && Number.isInteger(status) && status >= 100 && status <= 599;
}
