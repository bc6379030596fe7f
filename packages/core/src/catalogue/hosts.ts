import type { Family } from './entry.ts';

/** Maps a host, such as `127.0.0.1:8080`, to the API family that it serves, or to `all` of them. */
export type HostMap = Readonly<Record<string, Family | 'all'>>;

// Microsoft's host lists differ from page to page; this is the union of them and of hosts in real logs.
const XDR_HOSTS: readonly string[] = [
  'api.security.microsoft.com',
  ...['us', 'eu', 'uk'].map((region) => `api-${region}.security.microsoft.com`),
  ...['us', 'eu', 'uk', 'au', 'swa', 'ina', 'aea'].map(
    (region) => `${region}.api.security.microsoft.com`,
  ),
  // GCC; GCC High and DoD.
  'api-gcc.security.microsoft.us',
  'api-gov.security.microsoft.us',
];

const MDE_HOSTS: readonly string[] = [
  ...['microsoft', 'windows'].flatMap((owner) => [
    `api.securitycenter.${owner}.com`,
    ...['us', 'eu', 'uk', 'au'].map((region) => `api-${region}.securitycenter.${owner}.com`),
  ]),
  'api-gcc.securitycenter.microsoft.us',
  'api-gov.securitycenter.microsoft.us',
];

const GRAPH_HOSTS: readonly string[] = [
  'graph.microsoft.com',
  'canary.graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'graph.microsoft.de',
  'microsoftgraph.chinacloudapi.cn',
];

const KNOWN: ReadonlyMap<string, Family> = new Map<string, Family>([
  ...XDR_HOSTS.map((host) => [host, 'xdr'] as const),
  ...MDE_HOSTS.map((host) => [host, 'mde'] as const),
  ...GRAPH_HOSTS.map((host) => [host, 'graph'] as const),
]);

/** Microsoft's hosts by API family. The hosts of `xdr` serve the routes of `mde` too. */
export const knownHosts: Readonly<Record<Family, readonly string[]>> = {
  xdr: XDR_HOSTS,
  mde: MDE_HOSTS,
  graph: GRAPH_HOSTS,
};

/**
 * The API family that a host serves; undefined for an unknown host.
 *
 * @param host - as in `URL.host`: with its port unless that is the default one
 * @param hosts - additional hosts in lower case; an entry without a port applies to every port, and
 * the caller's entries take precedence over Microsoft's
 */
export function familyOfHost(host: string, hosts?: HostMap): Family | 'all' | undefined {
  const known = familyOf(host, hosts);
  if (known !== undefined) return known;
  const lower = host.toLowerCase();
  return familyOf(lower, hosts) ?? familyOf(hostName(lower), hosts);
}

function familyOf(host: string, hosts: HostMap | undefined): Family | 'all' | undefined {
  return hosts !== undefined && Object.hasOwn(hosts, host) ? hosts[host] : KNOWN.get(host);
}

/** The host without its port and without a trailing dot. */
export function hostName(host: string): string {
  return host.replace(/\.?(?::\d*)?$/, '');
}
