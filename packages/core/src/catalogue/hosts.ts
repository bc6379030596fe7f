import type { Family } from './entry.ts';

/** Hosts in lower case, such as `127.0.0.1:8080`, and the family that they serve, or `all`. */
export type HostMap = Readonly<Record<string, Family | 'all'>>;

// Microsoft's host lists differ from page to page: this is their union, with what live logs show.
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

/** Microsoft's own hosts, by the family that they serve; `xdr` hosts answer `mde` routes as well. */
export const knownHosts: Readonly<Record<Family, readonly string[]>> = {
  xdr: XDR_HOSTS,
  mde: MDE_HOSTS,
  graph: GRAPH_HOSTS,
};

/**
 * The family that a host serves; undefined for a host that neither Microsoft's list nor `hosts` has.
 *
 * @param host - as in `URL.host`: with its port, where it is not the default one.
 * @param hosts - further hosts, in lower case; an entry without a port holds for every port, and the
 * caller's entries win over Microsoft's.
 */
export function familyOfHost(host: string, hosts?: HostMap): Family | 'all' | undefined {
  const lower = host.toLowerCase();
  return familyOf(host, hosts) ?? familyOf(lower, hosts) ?? familyOf(hostName(lower), hosts);
}

function familyOf(host: string, hosts: HostMap | undefined): Family | 'all' | undefined {
  return hosts !== undefined && Object.hasOwn(hosts, host) ? hosts[host] : KNOWN.get(host);
}

/** A host without its port and without the dot that may end a full domain name. */
export function hostName(host: string): string {
  return host.replace(/\.?(?::\d*)?$/, '');
}
