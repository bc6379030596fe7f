import {
  type ErrorClass,
  type Failure,
  metricCode,
  metricCodes,
  type Operation,
} from '@defender-resilience/core';
import { durationText } from './duration.ts';

/** Why a request should, or should not, be sent again: one sentence that begins after a "Yes," or "No,". */
export function reasonOf(failure: Failure, operation: Operation | undefined): string {
  if (failure.verdict === 'terminal') return whyNot(failure, operation);
  return failure.ambiguous === true ? AMBIGUOUS : why(failure);
}

const AMBIGUOUS =
  'if repeating it does no harm: the answer is not from the service, which may have carried out the request.';

function why(failure: Failure): string {
  const { source, status, retryAfterMs } = failure;
  if (kindOf(failure) === 'throttle') {
    return retryAfterMs === undefined
      ? 'after a wait: the service does not say how long. The quota is used up, and calls in the meantime count too.'
      : `after ${durationText(retryAfterMs)}: the quota is used up until then, and calls in the meantime count too.`;
  }
  if (retryAfterMs !== undefined) {
    return `after ${durationText(retryAfterMs)}, which the service asks to wait.`;
  }
  if (source === 'network') return 'the request was never sent, or nobody answered it.';
  if (source === 'timeout') return AMBIGUOUS;
  if (source === 'circuit' || source === 'throttle') return 'later: this call was not sent.';
  if (source === 'api')
    return 'the service itself reports the failure, and did not carry out the request.';
  return status === 408 || status === 425
    ? 'the request was rejected before it was carried out.'
    : 'the server or a gateway failed temporarily.';
}

const WHY_NOT: Readonly<Record<ErrorClass, string>> = {
  input: 'the request itself is refused, until it is changed.',
  auth: 'the credential is refused, until it is replaced.',
  permission: 'the caller is known but not allowed to do this, until someone grants it.',
  not_found: 'it does not exist, or not at this address.',
  conflict: 'something similar is in progress, and has to end first.',
  throttle: 'the quota is used up for too long.',
  server: 'the server does not support the request.',
  transport: 'the connection cannot be established like this.',
  local: 'the call was cancelled before a response arrived.',
};

function whyNot(failure: Failure, operation: Operation | undefined): string {
  if (failure.ambiguous === true) {
    const name = operation?.name ?? 'the request';
    return `not blindly: ${name} changes something, and may have been carried out although no response arrived.`;
  }
  return WHY_NOT[kindOf(failure)];
}

function kindOf(failure: Failure): ErrorClass {
  const code = metricCode(failure);
  const counted = metricCodes.find((known) => known.code === code)?.class ?? 'input';
  // For an unknown code, only the status says anything.
  return code === '_OTHER' && (failure.status ?? 500) < 500 ? 'input' : counted;
}

const MEANINGS: Readonly<Record<string, string>> = {
  CircuitOpen: 'Not sent: most recent calls of the operation failed, so its circuit is open.',
  Throttled: 'Not sent: the quota is paused or used up, and the call could not wait.',
  Timeout: 'No response arrived in time.',
  Cancelled: 'The caller cancelled the call.',
  ECONNREFUSED: 'Nothing listens at the address and port.',
  ENOTFOUND: 'DNS does not know the host.',
  EAI_AGAIN: 'DNS did not respond.',
  ECONNRESET: 'The connection was reset before the response was complete.',
  ETIMEDOUT: 'No response arrived in time.',
  EPIPE: 'The connection was closed while the request was sent.',
  UND_ERR_SOCKET: 'The connection was closed before the response was complete.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection was established in time.',
  UND_ERR_HEADERS_TIMEOUT: 'No response arrived in time.',
  UND_ERR_BODY_TIMEOUT: 'The response stopped in the middle.',
};

const STATUS_MEANINGS: Readonly<Record<number, string>> = {
  401: 'The request has no valid token for this API.',
  403: 'The request is refused by the API, or by a proxy or firewall in front of it.',
  404: 'The address does not exist.',
  405: 'The address does not accept this HTTP method.',
  407: 'The proxy requires credentials.',
  408: 'The server waited too long for the request.',
  413: 'The request is too large.',
  415: 'The API does not accept the type of the body.',
  429: 'The quota of calls is used up.',
  500: 'The server failed.',
  502: 'A gateway got an invalid response from the service.',
  503: 'The service is overloaded or under maintenance.',
  504: 'A gateway got no response from the service in time.',
};

/** The meaning of a failure without a row in the catalogue; undefined if only its message says anything. */
export function meaningOf({ code, status, source }: Failure): string | undefined {
  if (source === 'api' && !code.startsWith('Http')) {
    return code.startsWith('invalid_') || code.endsWith('_client')
      ? 'Entra refused to issue a token.'
      : 'This code is not in the catalogue; the status decides.';
  }
  const known = MEANINGS[code] ?? STATUS_MEANINGS[status ?? 0];
  if (known !== undefined) return known;
  return source === 'network' ? 'The connection failed.' : undefined;
}
