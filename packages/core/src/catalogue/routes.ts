import type { Family, Operation } from './entry.ts';
import { familyOfHost, type HostMap, hostName } from './hosts.ts';
import { OTHER, operations } from './operations.ts';
import { isLoginHost, isTokenRequest, tokenOperation } from './operations-entra.ts';
import { batchOperation, isBatchRequest } from './operations-graph.ts';
import { findOperation, type RouteTree, routeTree } from './route-tree.ts';

/** The parts of a request that identify its operation. */
export interface RoutedRequest {
  /** In upper or lower case. */
  readonly method: string;
  /** As in `URL.host`. */
  readonly host: string;
  /** As in `URL.pathname`. */
  readonly path: string;
}

const SERVES: Readonly<Record<Family | 'all', (operation: Operation) => boolean>> = {
  // Newer pages of Defender for Endpoint use the hosts of Defender XDR.
  xdr: ({ family }) => family !== 'graph',
  mde: ({ family }) => family === 'mde',
  graph: ({ family }) => family === 'graph',
  all: () => true,
};

const trees = new Map<Family | 'all', RouteTree>();

/** Built at the first call to a host of the family, to keep the import fast. */
function treeOf(family: Family | 'all'): RouteTree {
  const existing = trees.get(family);
  if (existing !== undefined) return existing;
  const tree = routeTree(operations.filter(SERVES[family]));
  trees.set(family, tree);
  return tree;
}

const UNKNOWN: Readonly<Record<Family | 'all', Operation>> = {
  // The path may belong to Defender for Endpoint.
  xdr: OTHER,
  mde: Object.freeze({ ...OTHER, family: 'mde' }),
  graph: Object.freeze({ ...OTHER, family: 'graph' }),
  all: OTHER,
};

/**
 * Finds the operation of a request. Never throws and has a bounded number of results: an unknown path
 * of a known host is `other`, and all requests to an unknown host share one operation named after the
 * host, so that no part of a path ends up in a metric.
 *
 * @param hosts - additional hosts and the API family that each one serves; keys in lower case
 *
 * @example
 * ```ts
 * const { host, pathname } = new URL('https://api.security.microsoft.com/api/incidents/7');
 * operationFor({ method: 'GET', host, path: pathname }).name; // 'incidents.get'
 * ```
 */
export function operationFor(request: RoutedRequest, hosts?: HostMap): Operation {
  const { host, method, path } = request;
  const family = familyOfHost(host, hosts);
  if (family === undefined) {
    const name = hostName(host.toLowerCase());
    const isToken = isLoginHost(name) && isTokenRequest(method, path);
    return isToken ? tokenOperation : operationOfHost(name);
  }
  const operation = findOperation(treeOf(family), method, path);
  if (operation !== undefined) return operation;
  if ((family === 'graph' || family === 'all') && isBatchRequest(method, path))
    return batchOperation;
  // A simulator, which issues tokens too.
  return family === 'all' && isTokenRequest(method, path) ? tokenOperation : UNKNOWN[family];
}

const MAX_REMEMBERED_HOSTS = 256;
const MAX_HOST_LENGTH = 253;
// What a parsed URL can have as its host; anything else may be a path, or worse.
const HOST = /^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/;

const rememberedHosts = new Map<string, Operation>();

/** One object per host, because callers compare operations by identity. */
function operationOfHost(name: string): Operation {
  const remembered = rememberedHosts.get(name);
  if (remembered !== undefined) return remembered;
  if (name.length > MAX_HOST_LENGTH || !HOST.test(name)) return OTHER;
  const operation: Operation = Object.freeze({ name, quotaGroup: OTHER.quotaGroup });
  const [oldest] = rememberedHosts.keys();
  if (rememberedHosts.size >= MAX_REMEMBERED_HOSTS && oldest !== undefined) {
    rememberedHosts.delete(oldest);
  }
  rememberedHosts.set(name, operation);
  return operation;
}
