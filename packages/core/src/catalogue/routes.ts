import type { Family, Operation } from './entry.ts';
import { familyOfHost, type HostMap, hostName } from './hosts.ts';
import { OTHER, operations } from './operations.ts';
import { findOperation, type RouteTree, routeTree } from './route-tree.ts';

/** The parts of a request that tell its operation. */
export interface RoutedRequest {
  /** In any letter case. */
  readonly method: string;
  /** As in `URL.host`. */
  readonly host: string;
  /** As in `URL.pathname`. */
  readonly path: string;
}

const SERVES: Readonly<Record<Family | 'all', (operation: Operation) => boolean>> = {
  // Newer pages of Defender for Endpoint send its calls to the hosts of Defender XDR.
  xdr: ({ family }) => family !== 'graph',
  mde: ({ family }) => family === 'mde',
  graph: ({ family }) => family === 'graph',
  all: () => true,
};

const trees = new Map<Family | 'all', RouteTree>();

/** Grown when a host of the family is first called: all four take a third of the import's time. */
function treeOf(family: Family | 'all'): RouteTree {
  const grown = trees.get(family);
  if (grown !== undefined) return grown;
  const tree = routeTree(operations.filter(SERVES[family]));
  trees.set(family, tree);
  return tree;
}

const UNKNOWN: Readonly<Record<Family | 'all', Operation>> = {
  // May be a route of Defender for Endpoint.
  xdr: OTHER,
  mde: Object.freeze({ ...OTHER, family: 'mde' }),
  graph: Object.freeze({ ...OTHER, family: 'graph' }),
  all: OTHER,
};

/**
 * The operation of a request. Total, and of low cardinality: an unknown path of a known host is
 * `other`, and all calls to an unknown host go by the host's name alone, so no part of a path ever
 * shows.
 *
 * @param hosts - further hosts and what they serve; keys in lower case.
 */
export function operationFor(request: RoutedRequest, hosts?: HostMap): Operation {
  const family = familyOfHost(request.host, hosts);
  if (family === undefined) return operationOfHost(request.host);
  return findOperation(treeOf(family), request.method, request.path) ?? UNKNOWN[family];
}

const MAX_REMEMBERED_HOSTS = 256;
const MAX_HOST_LENGTH = 253;
// What a parsed URL has for a host; anything else may be a path or worse.
const HOST = /^[a-z0-9._-]+$|^\[[0-9a-f:.]+\]$/;

const rememberedHosts = new Map<string, Operation>();

/** One object per host, so that what goes by the operation's identity holds. */
function operationOfHost(host: string): Operation {
  const name = hostName(host.toLowerCase());
  const remembered = rememberedHosts.get(name);
  if (remembered !== undefined) return remembered;
  if (name.length > MAX_HOST_LENGTH || !HOST.test(name)) return OTHER;
  const operation: Operation = Object.freeze({ name, quotaGroup: OTHER.quotaGroup });
  if (rememberedHosts.size >= MAX_REMEMBERED_HOSTS) forgetOldest();
  rememberedHosts.set(name, operation);
  return operation;
}

function forgetOldest(): void {
  for (const oldest of rememberedHosts.keys()) {
    rememberedHosts.delete(oldest);
    return;
  }
}
