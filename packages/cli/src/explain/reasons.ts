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
  'if it changes nothing twice: whoever answered is not the service, which may have carried the request out.';

function why(failure: Failure): string {
  const { source, status, retryAfterMs } = failure;
  if (kindOf(failure) === 'throttle') {
    return retryAfterMs === undefined
      ? 'after a wait that the service does not tell: the quota is used up, and calls in the meantime count too.'
      : `after ${durationText(retryAfterMs)}: the quota is used up until then, and calls in the meantime count too.`;
  }
  if (retryAfterMs !== undefined) {
    return `after ${durationText(retryAfterMs)}, which the service asks to wait.`;
  }
  if (source === 'network') return 'the request was never sent, or nobody answered it.';
  if (source === 'timeout') return AMBIGUOUS;
  if (source === 'circuit' || source === 'throttle') return 'later: this call was not sent.';
  if (source === 'api')
    return 'the service failed, says so itself, and did not carry the request out.';
  return status === 408 || status === 425
    ? 'the request was rejected before it was carried out.'
    : 'the server or a gateway failed for the moment.';
}

const WHY_NOT: Readonly<Record<ErrorClass, string>> = {
  input: 'the request itself is refused, until something in it changes.',
  auth: 'the credential is refused, until it is another one.',
  permission: 'the caller is known and not allowed to do this, until somebody grants it.',
  not_found: 'what was asked for does not exist, or not at this address.',
  conflict: 'something of the same kind is in the way, and has to end first.',
  throttle: 'the quota is used up for too long.',
  server: 'the server does not do what was asked.',
  transport: 'the connection cannot be made like this.',
  local: 'the call was ended before an answer came.',
};

function whyNot(failure: Failure, operation: Operation | undefined): string {
  if (failure.ambiguous === true) {
    const name = operation?.name ?? 'the request';
    return `not blindly: ${name} changes something, and may have been carried out although no answer came.`;
  }
  return WHY_NOT[kindOf(failure)];
}

function kindOf(failure: Failure): ErrorClass {
  const code = metricCode(failure);
  const counted = metricCodes.find((known) => known.code === code)?.class ?? 'input';
  // A code that nobody knows: only the status says anything.
  return code === '_OTHER' && (failure.status ?? 500) < 500 ? 'input' : counted;
}

const MEANINGS: Readonly<Record<string, string>> = {
  CircuitOpen: 'Not sent: most recent calls of the operation failed, so its circuit is open.',
  Throttled: 'Not sent: the quota is paused or used up, and the call could not wait.',
  Timeout: 'No answer came in time.',
  Cancelled: 'The caller ended the call.',
  ECONNREFUSED: 'Nobody listens at the address and port.',
  ENOTFOUND: 'DNS does not know the host.',
  EAI_AGAIN: 'DNS gave no answer.',
  ECONNRESET: 'The connection was cut before the answer was complete.',
  ETIMEDOUT: 'No answer came in time.',
  EPIPE: 'The connection was closed while the request was sent.',
  UND_ERR_SOCKET: 'The connection was closed before the answer was complete.',
  UND_ERR_CONNECT_TIMEOUT: 'No connection was made in time.',
  UND_ERR_HEADERS_TIMEOUT: 'No answer came in time.',
  UND_ERR_BODY_TIMEOUT: 'The answer stopped in the middle.',
};

const STATUS_MEANINGS: Readonly<Record<number, string>> = {
  401: 'The request has no valid token for this API.',
  403: 'The request is refused by the API, or by a proxy or firewall before it.',
  404: 'The address does not exist.',
  405: 'The address does not take this HTTP method.',
  407: 'The proxy asks for credentials.',
  408: 'The server waited too long for the request.',
  413: 'The request is too large.',
  415: 'The body has another type than the API takes.',
  429: 'The quota of calls is used up.',
  500: 'The server failed.',
  502: 'A gateway got no valid answer from the service.',
  503: 'The service is overloaded or under maintenance.',
  504: 'A gateway got no answer from the service in time.',
};

/** What a failure means that the catalogue has no row for; undefined where its message is all there is. */
export function meaningOf({ code, status, source }: Failure): string | undefined {
  if (source === 'api' && !code.startsWith('Http')) {
    return code.startsWith('invalid_') || code.endsWith('_client')
      ? 'Entra refused to issue a token.'
      : 'The catalogue does not have this code; the status decides.';
  }
  const known = MEANINGS[code] ?? STATUS_MEANINGS[status ?? 0];
  if (known !== undefined) return known;
  return source === 'network' ? 'The connection failed.' : undefined;
}
