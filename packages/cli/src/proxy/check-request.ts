import { isAddress, isLoopback } from './address.ts';
import { type RawHeaders, strippedByConnection, valuesOf } from './headers.ts';
import { type OwnAnswer, refusal } from './refusal.ts';
import { findUpstream, type Upstream } from './upstream.ts';

/** The head of a request, as Node parsed it. */
export interface RequestHead {
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: RawHeaders;
}

/** The rules for the requests to one address. */
export interface RequestRules {
  readonly upstreams: readonly Upstream[];
  /** Names that `Host` may have besides IP addresses, loopback names and the upstream's own, in lower case. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly maxHeaders: number;
  readonly maxBodyBytes: number;
  /** The name of this proxy in `Via`. */
  readonly via: string;
}

/** A request that may be forwarded. */
export interface AcceptedRequest {
  readonly upstream: Upstream;
  /** The path and query at the upstream. */
  readonly path: string;
  /** The length of the body; undefined if it is chunked. */
  readonly length: number | undefined;
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HOST = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;
/** Also matches encoded dots and parameters after a semicolon, which some services treat as dot segments. */
const DOT_SEGMENT = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/;]|%2f|%5c|%3b)/i;

const INVALID_PATH: OwnAnswer = refusal(
  400,
  'InvalidTarget',
  'The path must have no dot segments, no "#", no backslash and no "//" at its start.',
);

type Check = (head: RequestHead, rules: RequestRules) => OwnAnswer | undefined;

/** The checks in order. Node's parser has already refused invalid HTTP. */
const CHECKS: readonly Check[] = [
  checkVersion,
  checkHeaderCount,
  checkMethod,
  checkFraming,
  checkTarget,
  checkConnection,
  checkAuthorization,
  checkOrigin,
  checkLoop,
];

/** Decides whether a request is forwarded, and where. Its `Host` never decides where. */
export function checkRequest(head: RequestHead, rules: RequestRules): AcceptedRequest | OwnAnswer {
  for (const check of CHECKS) {
    const refused = check(head, rules);
    if (refused !== undefined) return refused;
  }
  const found = findUpstream(rules.upstreams, head.target);
  if (found === undefined) {
    return refusal(
      404,
      'UnknownRoute',
      `There is no upstream for this path. Known: ${places(rules)}.`,
    );
  }
  // After a removed prefix, the rest would be parsed as a host.
  if (found.path.startsWith('//')) return INVALID_PATH;
  const wrongHost = checkHost(head, found.upstream, rules);
  if (wrongHost !== undefined) return wrongHost;
  return { ...found, length: lengthOf(head.headers) };
}

/** Node's parser accepts HTTP/2.0 in the syntax of HTTP/1.1. */
function checkVersion({ httpVersion }: RequestHead): OwnAnswer | undefined {
  if (httpVersion === '1.1' || httpVersion === '1.0') return undefined;
  return refusal(505, 'UnknownVersion', 'The proxy speaks HTTP/1.1 and HTTP/1.0.');
}

function checkHeaderCount({ headers }: RequestHead, { maxHeaders }: RequestRules) {
  if (headers.length / 2 <= maxHeaders) return undefined;
  return refusal(431, 'TooManyHeaders', `The request has more than ${maxHeaders} headers.`);
}

function checkMethod({ method }: RequestHead): OwnAnswer | undefined {
  if (METHODS.includes(method)) return undefined;
  return {
    ...refusal(405, 'MethodNotAllowed', `The proxy forwards ${METHODS.join(', ')}.`),
    headers: { allow: METHODS.join(', ') },
  };
}

/**
 * Node's parser refuses these unless it was made lenient. They are checked again, because request smuggling
 * works when two servers parse one request differently.
 */
function checkFraming(head: RequestHead, { maxBodyBytes }: RequestRules): OwnAnswer | undefined {
  const lengths = valuesOf(head.headers, 'content-length');
  const encodings = valuesOf(head.headers, 'transfer-encoding');
  const bad = (what: string) => refusal(400, 'InvalidFraming', what);
  if (lengths.length > 1) return bad('The request has more than one Content-Length.');
  if (lengths.length + encodings.length > 1) {
    return bad('The request has both Content-Length and Transfer-Encoding.');
  }
  if (lengths.some((value) => !/^\d{1,15}$/.test(value))) {
    return bad('Content-Length must be a number.');
  }
  if (encodings.some((value) => value.trim().toLowerCase() !== 'chunked')) {
    return bad('Transfer-Encoding must be chunked.');
  }
  if (encodings.length > 0 && head.httpVersion !== '1.1') {
    return bad('Transfer-Encoding needs HTTP/1.1.');
  }
  return Number(lengths[0] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : undefined;
}

/** The answer to a body that is too long. */
export function tooLarge(maxBodyBytes: number): OwnAnswer {
  return refusal(413, 'BodyTooLarge', `The body has more than ${maxBodyBytes} bytes.`);
}

function checkTarget({ target }: RequestHead): OwnAnswer | undefined {
  if (!target.startsWith('/')) {
    return refusal(
      400,
      'InvalidTarget',
      'The request target must be a path. This is a reverse proxy: replace the API with its address in the base URL, and do not set HTTP_PROXY.',
    );
  }
  const path = target.split('?', 1)[0] ?? target;
  // URL parsers treat a backslash as a slash, so "/\host" would name a host.
  if (DOT_SEGMENT.test(path) || path.startsWith('//') || /[#\\]/.test(path)) {
    return INVALID_PATH;
  }
  if (!/^[\x21-\x7e]+$/.test(target)) {
    return refusal(400, 'InvalidTarget', 'The path and query must be percent-encoded.');
  }
  return undefined;
}

function checkConnection({ headers }: RequestHead): OwnAnswer | undefined {
  const name = strippedByConnection(headers);
  if (name === undefined) return undefined;
  return refusal(
    400,
    'InvalidConnection',
    'Connection lists an end-to-end header, which would then not be forwarded.',
  );
}

/** With two values, the service could use the other one and act for somebody else (RFC 9110, section 5.3). */
function checkAuthorization({ headers }: RequestHead): OwnAnswer | undefined {
  if (valuesOf(headers, 'authorization').length < 2) return undefined;
  return refusal(400, 'InvalidAuthorization', 'The request has more than one Authorization.');
}

/** A web page in a browser on this machine can send requests to a loopback address. */
function checkOrigin({ headers }: RequestHead): OwnAnswer | undefined {
  const [origin] = valuesOf(headers, 'origin');
  const [site] = valuesOf(headers, 'sec-fetch-site');
  if (origin === undefined && (site === undefined || site === 'none')) return undefined;
  return refusal(403, 'CrossOrigin', 'The proxy serves programs, not web pages in browsers.');
}

function checkLoop({ headers }: RequestHead, { via }: RequestRules): OwnAnswer | undefined {
  if (!valuesOf(headers, 'via').some((value) => value.includes(via))) return undefined;
  return refusal(
    508,
    'LoopDetected',
    'The request has already passed through this proxy: an upstream leads back to it.',
  );
}

/**
 * An attacker's name that resolves to this address leads a browser here (DNS rebinding), and the name of
 * another service means that the request, with its token, is meant for that service.
 */
function checkHost(
  { headers, httpVersion }: RequestHead,
  upstream: Upstream,
  { allowedHosts }: RequestRules,
): OwnAnswer | undefined {
  const hosts = valuesOf(headers, 'host');
  if (hosts.length === 0 && httpVersion === '1.0') return undefined;
  const name = HOST.exec(hosts[0] ?? '')?.groups?.['name']?.toLowerCase();
  if (hosts.length !== 1 || name === undefined) {
    return refusal(400, 'InvalidHost', 'The request must have one valid Host header.');
  }
  const own = new URL(upstream.origin).hostname;
  if (isAddress(name) || isLoopback(name) || name === own || allowedHosts.has(name))
    return undefined;
  return refusal(
    421,
    'UnknownHost',
    `The proxy does not serve this Host. If it is a name of the proxy, start it with --allow-host.`,
  );
}

function lengthOf(headers: RawHeaders): number | undefined {
  if (valuesOf(headers, 'transfer-encoding').length > 0) return undefined;
  return Number(valuesOf(headers, 'content-length')[0] ?? 0);
}

function places({ upstreams }: RequestRules): string {
  return upstreams.map(({ prefix }) => `${prefix}/`).join(', ');
}
