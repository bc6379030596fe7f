import { words } from '../words.ts';
import { createFailure, type Failure } from './failure.ts';
import { type NetworkErrorKind, networkErrorKind, networkMessageKind } from './network-codes.ts';
import { safeGet, safeGetObject, safeGetString, safeItems, tagOf } from './safe-get.ts';
import { cleanMessage } from './text.ts';

/** Node's own code, such as `ECONNRESET`. */
const CODE = /^[A-Z][A-Z\d_/]{1,63}$/;

const KINDS: Readonly<Record<NetworkErrorKind, Omit<Failure, 'code' | 'message'>>> = {
  unsent: {
    verdict: 'retryable',
    source: 'network',
    advice:
      'No connection could be established, so the request was not sent: check the host name, DNS, proxy, firewall and network.',
  },
  certificate: {
    verdict: 'terminal',
    source: 'network',
    advice:
      'The server’s certificate is not trusted, so the request was not sent. Behind a proxy that inspects TLS, add its root certificate (NODE_EXTRA_CA_CERTS, or node --use-system-ca); otherwise check the clock and the host name. Do not disable certificate validation.',
  },
  refused: {
    verdict: 'retryable',
    source: 'network',
    advice:
      'The server refused the request before processing it, so nothing was carried out: send it again.',
  },
  interrupted: {
    verdict: 'retryable',
    source: 'network',
    ambiguous: true,
    advice:
      'The connection broke before a response arrived, and the request may have been carried out: check whether it was before you send it again.',
  },
  timeout: {
    verdict: 'retryable',
    source: 'timeout',
    ambiguous: true,
    advice:
      'No response arrived in time, and the request may have been carried out: check whether it was before you send it again.',
  },
  cancelled: { verdict: 'terminal', source: 'cancelled' },
};

/** The failure's code if the error has none. */
const DEFAULT_CODES: Readonly<Partial<Record<NetworkErrorKind, string>>> = {
  timeout: 'Timeout',
  cancelled: 'Cancelled',
};

/** Classifies a network error by its code or name; undefined for any other error. */
export function failureOfNetwork(error: object): Failure | undefined {
  const code = safeGetString(error, 'code') ?? '';
  const said =
    code === '' ? undefined : networkMessageKind(code, safeGetString(error, 'message') ?? '');
  if (said !== undefined) return failureOfKind(error, code, said);
  for (const key of ['code', 'name']) {
    const label = safeGetString(error, key);
    const kind = label === undefined ? undefined : networkErrorKind(label);
    if (label !== undefined && kind !== undefined) return failureOfKind(error, label, kind);
  }
  // axios before 1.0 rejects with a plain object when the caller aborts.
  const cancelled = safeGet(error, '__CANCEL__') === true;
  return cancelled ? failureOfKind(error, '', 'cancelled') : undefined;
}

/** Errors that only say that sending or receiving failed. */
const VAGUE: readonly (readonly [codeOrName: string, message: RegExp])[] = [
  // fetch; the Graph client keeps the error's name as its code and drops the cause.
  ['TypeError', /^(?:fetch failed|terminated|failed to fetch|load failed|network ?error)/i],
  ['NetworkError', /^/],
  // axios with its fetch adapter.
  ['ERR_NETWORK', /^/],
  ['REQUEST_SEND_ERROR', /^/],
  // Azure, for a body that broke off. Its other parse errors are not network errors.
  ['PARSE_ERROR', /^error reading response/i],
];

/**
 * Classifies an error that only says that sending or receiving failed. Undefined if it has a cause
 * that is not about the network, which is then the real reason: fetch refused to send the request (a
 * forbidden port, an invalid header), or the caller's request body failed.
 */
export function failureOfVague(error: object): Failure | undefined {
  return isVague(error) && isVague(rootOf(error))
    ? failureOfKind(error, '', 'interrupted')
    : undefined;
}

function isVague(error: object): boolean {
  const message = safeGetString(error, 'message') ?? '';
  const labels = [safeGet(error, 'code'), safeGet(error, 'name')];
  return VAGUE.some(([label, text]) => labels.includes(label) && text.test(message));
}

const MAX_CAUSES = 32;

function rootOf(error: object): object {
  let root = error;
  for (let depth = 0; depth < MAX_CAUSES; depth += 1) {
    const cause = safeGetObject(root, 'cause');
    // A mocked fetch (MSW) may have `Response.error()` as the cause, which stands for a network error.
    if (cause === undefined || tagOf(cause) === 'Response') break;
    root = cause;
  }
  return root;
}

function failureOfKind(error: object, label: string, kind: NetworkErrorKind): Failure {
  const actual = isConnecting(error, kind) ? 'unsent' : kind;
  const code = CODE.test(label) && kind !== 'cancelled' ? label : undefined;
  return createFailure({
    code: code ?? DEFAULT_CODES[kind] ?? 'Unknown',
    message: cleanMessage(safeGetString(error, 'message') ?? ''),
    ...KINDS[actual],
    source: KINDS[kind].source,
  });
}

/** System calls, and phases of got's timeouts, that precede sending. */
const CONNECTING: ReadonlySet<unknown> = new Set(words('connect getaddrinfo lookup secureConnect'));

/** Node's message for a reset during the TLS handshake, whose code is the same as for any other reset. */
const TLS_HANDSHAKE = 'Client network socket disconnected before secure TLS connection';

/** Whether a reset or timeout happened before the connection was established. */
function isConnecting(error: object, kind: NetworkErrorKind): boolean {
  if (kind !== 'interrupted' && kind !== 'timeout') return false;
  if (CONNECTING.has(safeGet(error, 'syscall')) || CONNECTING.has(safeGet(error, 'event'))) {
    return true;
  }
  if (safeGetString(error, 'message')?.startsWith(TLS_HANDSHAKE)) return true;
  // Node tried several addresses, and has one error for each.
  const tried = safeItems(safeGet(error, 'errors'), MAX_CAUSES) ?? [];
  return tried.length > 0 && tried.every((one) => CONNECTING.has(safeGet(one, 'syscall')));
}
