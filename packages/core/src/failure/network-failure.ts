import type { Failure } from './failure.ts';
import { type NetworkEnd, networkEndOf } from './network-codes.ts';
import { safeGet, safeGetObject, safeGetString } from './safe-get.ts';
import { cleanMessage } from './text.ts';

/** Node's own code, such as `ECONNRESET`. */
const CODE = /^[A-Z][A-Z\d_/]{1,63}$/;

/** What every way to end without an answer means. */
const ENDS: Readonly<Record<NetworkEnd, Omit<Failure, 'code' | 'message'>>> = {
  unsent: {
    verdict: 'retryable',
    source: 'network',
    advice:
      'No connection came about, so the request was not sent: check the host name, DNS, proxy and firewall, and the network on the way.',
  },
  certificate: {
    verdict: 'terminal',
    source: 'network',
    advice:
      'The server’s certificate is not trusted, so the request was not sent. Behind a proxy that inspects TLS, add its root certificate (NODE_EXTRA_CA_CERTS, or node --use-system-ca); check the clock and the host name. Do not switch the check off.',
  },
  interrupted: {
    verdict: 'retryable',
    source: 'network',
    ambiguous: true,
    advice:
      'The connection broke before an answer came, and the request may have been carried out: look it up before you send again what must not act twice.',
  },
  timeout: {
    verdict: 'retryable',
    source: 'timeout',
    ambiguous: true,
    advice:
      'No answer came in time, and the request may have been carried out: look it up before you send again what must not act twice.',
  },
  cancelled: { verdict: 'terminal', source: 'cancelled' },
};

/** What stands for a code where the error has none. */
const NAMELESS: Readonly<Partial<Record<NetworkEnd, string>>> = {
  timeout: 'Timeout',
  cancelled: 'Cancelled',
};

/** What an error of the network says; undefined for any other error. */
export function failureOfNetwork(error: object): Failure | undefined {
  for (const key of ['code', 'name']) {
    const label = safeGetString(error, key);
    const end = label === undefined ? undefined : networkEndOf(label);
    if (label !== undefined && end !== undefined) return ended(error, label, end);
  }
  return isCancel(error) ? ended(error, '', 'cancelled') : undefined;
}

/** Errors that tell nothing but that the call failed on the way. */
const VAGUE: readonly (readonly [codeOrName: string, message: RegExp])[] = [
  // Its cause, where there is one, tells more; the Graph client keeps the name as a code, and no cause.
  ['TypeError', /^(?:fetch failed|terminated|failed to fetch|load failed|network ?error)/i],
  ['NetworkError', /^/],
  // axios, where it sends through fetch.
  ['ERR_NETWORK', /^/],
  ['REQUEST_SEND_ERROR', /^/],
  // Azure's, for a body that broke off; its other parse errors are no matter of the network.
  ['PARSE_ERROR', /^error reading response/i],
];

/**
 * What an error says that tells no cause: it failed on the way, and nothing more is known. Undefined where
 * it has a cause: what says nothing of the network is the reason itself then. Fetch refused to send the
 * request (a forbidden port, a header that cannot be sent), or a body of the caller's failed on the way.
 */
export function failureOfVague(error: object): Failure | undefined {
  return isVague(error) && isVague(rootOf(error)) ? ended(error, '', 'interrupted') : undefined;
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
    if (cause === undefined) break;
    root = cause;
  }
  return root;
}

function ended(error: object, label: string, end: NetworkEnd): Failure {
  const actual = isConnecting(error, end) ? 'unsent' : end;
  const own = CODE.test(label) && end !== 'cancelled' ? label : undefined;
  return Object.freeze({
    code: own ?? NAMELESS[end] ?? 'Unknown',
    message: cleanMessage(safeGetString(error, 'message') ?? ''),
    ...ENDS[actual],
    source: ENDS[end].source,
  });
}

/** System calls, and phases of got's time limits, that come before anything is sent. */
const CONNECTING: ReadonlySet<unknown> = new Set([
  'connect',
  'getaddrinfo',
  'lookup',
  'secureConnect',
]);

/** Whether a reset or a time limit met a connection that was not there yet. */
function isConnecting(error: object, end: NetworkEnd): boolean {
  if (end !== 'interrupted' && end !== 'timeout') return false;
  if (CONNECTING.has(safeGet(error, 'syscall')) || CONNECTING.has(safeGet(error, 'event')))
    return true;
  if (safeGetString(error, 'message')?.startsWith(TLS_INCOMPLETE)) return true;
  // Several addresses were tried, and each is told apart.
  const tried = safeGet(error, 'errors');
  return (
    Array.isArray(tried) &&
    tried.length > 0 &&
    tried.every((one) => CONNECTING.has(safeGet(one, 'syscall')))
  );
}

/** Node's text for a reset in the TLS handshake, whose code is that of any reset. */
const TLS_INCOMPLETE = 'Client network socket disconnected before secure TLS connection';

/** axios before 1 rejects with an object that is no error. */
function isCancel(error: object): boolean {
  return safeGet(error, '__CANCEL__') === true;
}
