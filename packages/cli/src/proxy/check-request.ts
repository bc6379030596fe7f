import { isAddress, isLoopback } from './address.ts';
import { type RawHeaders, strippedByConnection, valuesOf } from './headers.ts';
import { type OwnAnswer, refusal } from './refusal.ts';
import { findUpstream, type Upstream } from './upstream.ts';

/** The head of a request, as Node has read it. */
export interface RequestHead {
  readonly method: string;
  /** The request target as it came. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: RawHeaders;
}

/** What the proxy accepts on one address. */
export interface RequestRules {
  readonly upstreams: readonly Upstream[];
  /** Names that `Host` may have beside IP addresses, loopback names and the upstream's own, in lower case. */
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
/** Also encoded, and with parameters behind a semicolon: some services take those for dot segments as well. */
const DOT_SEGMENT = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/;]|%2f|%5c|%3b)/i;

const INVALID_PATH: OwnAnswer = refusal(
  400,
  'InvalidTarget',
  'The path must have no dot segments, no "#", no backslash and no "//" at its start.',
);

type Check = (head: RequestHead, rules: RequestRules) => OwnAnswer | undefined;

/** In the order in which a request is checked. Node's parser has refused what is no HTTP. */
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

/** Decides whether a request is forwarded, and where: never by what it says of its host. */
export function checkRequest(head: RequestHead, rules: RequestRules): AcceptedRequest | OwnAnswer {
  for (const check of CHECKS) {
    const refused = check(head, rules);
    if (refused !== undefined) return refused;
  }
  const found = findUpstream(rules.upstreams, head.target);
  if (found === undefined) {
    return refusal(404, 'UnknownRoute', `No upstream has this path. Known: ${places(rules)}.`);
  }
  // Behind a prefix, it would be read as a host.
  if (found.path.startsWith('//')) return INVALID_PATH;
  const wrongHost = checkHost(head, found.upstream, rules);
  if (wrongHost !== undefined) return wrongHost;
  return { ...found, length: lengthOf(head.headers) };
}

/** Node's parser lets HTTP/2.0 pass in the form of HTTP/1.1. */
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
 * Node's parser refuses these unless somebody has made it lenient. They are checked again, since two
 * servers that read one request differently are what request smuggling is.
 */
function checkFraming(head: RequestHead, { maxBodyBytes }: RequestRules): OwnAnswer | undefined {
  const lengths = valuesOf(head.headers, 'content-length');
  const encodings = valuesOf(head.headers, 'transfer-encoding');
  const bad = (what: string) => refusal(400, 'InvalidFraming', what);
  if (lengths.length > 1) return bad('The request has more than one Content-Length.');
  if (lengths.length + encodings.length > 1) {
    return bad('The request has more than one of Content-Length and Transfer-Encoding.');
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
      'The request target must be a path. This is a reverse proxy: put its address in place of the API in the base URL, and not into HTTP_PROXY.',
    );
  }
  const path = target.split('?', 1)[0] ?? target;
  // A backslash counts as a slash where URLs are parsed: "/\host" would name a host.
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
    'Connection names a header that is not of the connection, so that it would not be forwarded.',
  );
}

/** A service that reads the other one would act for somebody else (RFC 9110, section 5.3). */
function checkAuthorization({ headers }: RequestHead): OwnAnswer | undefined {
  if (valuesOf(headers, 'authorization').length < 2) return undefined;
  return refusal(400, 'InvalidAuthorization', 'The request has more than one Authorization.');
}

/** A page in a browser on this machine could reach a loopback address. */
function checkOrigin({ headers }: RequestHead): OwnAnswer | undefined {
  const [origin] = valuesOf(headers, 'origin');
  const [site] = valuesOf(headers, 'sec-fetch-site');
  if (origin === undefined && (site === undefined || site === 'none')) return undefined;
  return refusal(403, 'CrossOrigin', 'The proxy serves programs, and no pages in browsers.');
}

function checkLoop({ headers }: RequestHead, { via }: RequestRules): OwnAnswer | undefined {
  if (!valuesOf(headers, 'via').some((value) => value.includes(via))) return undefined;
  return refusal(
    508,
    'LoopDetected',
    'The request has come through this proxy before: an upstream leads back to it.',
  );
}

/**
 * A name that an attacker's DNS resolves to this address leads a browser here (DNS rebinding), and a
 * name of another service shows that the request, and its token, is meant for that.
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
    `The proxy does not answer for this Host. If it is a name of the proxy, start it with --allow-host.`,
  );
}

function lengthOf(headers: RawHeaders): number | undefined {
  if (valuesOf(headers, 'transfer-encoding').length > 0) return undefined;
  return Number(valuesOf(headers, 'content-length')[0] ?? 0);
}

function places({ upstreams }: RequestRules): string {
  return upstreams.map(({ prefix }) => `${prefix}/`).join(', ');
}
