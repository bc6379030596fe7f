import { type Address, formatAddress, isLoopback, parseAddress } from './address.ts';

/** A service that the proxy forwards to. */
export interface Upstream {
  /** The address at which the proxy serves it; undefined for the address of `listen`. */
  readonly listen: Address | undefined;
  /** The prefix of the paths that lead to it, such as `/graph`; empty if every path does. */
  readonly prefix: string;
  /** Scheme, host and port, such as `https://api.security.microsoft.com`. */
  readonly origin: string;
  /** As in `URL.host`: with its port unless that is the default one. */
  readonly host: string;
}

/** Segments of plain characters, none of which consists only of dots. */
const PREFIX = /^(?:\/(?!\.+(?:\/|$))[a-z0-9._~-]+)+$/i;

/**
 * Parses one upstream: `api.security.microsoft.com`, `/graph=graph.microsoft.com`,
 * `127.0.0.1:8081=graph.microsoft.com` or `8081/graph=https://graph.microsoft.com`.
 *
 * @returns the upstream, or what the text must be, to follow "must be"
 */
export function parseUpstream(text: string): Upstream | string {
  const split = text.lastIndexOf('=');
  const url = parseOrigin(text.slice(split + 1));
  if (typeof url === 'string') return url;
  const { origin, host } = url;
  const place = split === -1 ? '' : text.slice(0, split);
  const slash = place.indexOf('/');
  const [address, path] =
    slash === -1 ? [place, ''] : [place.slice(0, slash), place.slice(slash).replace(/\/$/, '')];
  const listen = address === '' ? undefined : parseAddress(address);
  if (address !== '' && listen === undefined) return `${EXPECTED}: "${address}" is not an address`;
  if (path !== '' && !PREFIX.test(path)) return `${EXPECTED}: "${path}" is not a plain path`;
  return { listen, prefix: path, origin, host };
}

const EXPECTED =
  'a host such as api.security.microsoft.com, or a path or address and a host such as /graph=graph.microsoft.com';

function parseOrigin(text: string): URL | string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return EXPECTED;
  if (url.username !== '' || url.password !== '') return 'a host without user name and password';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return 'a host without a path: requests keep their path';
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return `an https host: over http, tokens would cross the network unencrypted (http is for loopback only)`;
  }
  return url;
}

/**
 * The address and path that two upstreams share; undefined if there is no conflict.
 *
 * @param address - the address of the upstreams without their own
 */
export function findConflict(
  upstreams: readonly Upstream[],
  address: Address | undefined,
): string | undefined {
  const seen = new Set<string>();
  for (const { listen = address, prefix } of upstreams) {
    const place = `${listen === undefined ? '' : formatAddress(listen)}${prefix}/`;
    if (seen.has(place)) return place;
    seen.add(place);
  }
  return undefined;
}

/** Finds the upstream of a path, and the path there: the longest prefix wins. */
export function findUpstream(
  upstreams: readonly Upstream[],
  path: string,
): { readonly upstream: Upstream; readonly path: string } | undefined {
  let found: Upstream | undefined;
  for (const upstream of upstreams) {
    if (!isBelow(path, upstream.prefix)) continue;
    if (found === undefined || upstream.prefix.length > found.prefix.length) found = upstream;
  }
  if (found === undefined) return undefined;
  const rest = path.slice(found.prefix.length);
  return { upstream: found, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return prefix === '' || next === undefined || next === '/' || next === '?';
}
