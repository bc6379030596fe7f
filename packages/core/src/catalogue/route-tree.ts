import type { Operation } from './entry.ts';

/** One segment of the routes and what can follow it. */
interface RouteNode {
  /** Keyed by the documented segment and by its lower case; a function is listed as its name with `()`. */
  readonly literals: Map<string, RouteNode>;
  /** What can follow a variable segment such as `{id}`. */
  variable: RouteNode | undefined;
  readonly methods: Map<string, Operation>;
}

/** Operations indexed by the segments of their routes after `/api` or after Graph's version. */
export interface RouteTree {
  readonly api: RouteNode | undefined;
  readonly graph: RouteNode | undefined;
}

const GRAPH_VERSIONS: ReadonlySet<string> = new Set(['v1.0', 'beta']);
const API_VERSION = 'v1.0';
const GRAPH_NAMESPACE = 'microsoft.graph.';

export function routeTree(operations: readonly Operation[]): RouteTree {
  const isGraph = ({ family }: Operation): boolean => family === 'graph';
  return {
    api: build(operations.filter((operation) => !isGraph(operation))),
    graph: build(operations.filter(isGraph)),
  };
}

function build(operations: readonly Operation[]): RouteNode | undefined {
  if (operations.length === 0) return undefined;
  const root = emptyNode();
  for (const operation of operations) {
    const { method, route } = operation;
    if (method === undefined || route === undefined) continue;
    const segments = new Segments(route);
    // All routes begin with `/api` or with Graph's version.
    segments.next();
    let node = root;
    for (let segment = segments.next(); segment !== undefined; segment = segments.next()) {
      node = addChild(node, segment);
    }
    node.methods.set(method, operation);
  }
  return root;
}

function emptyNode(): RouteNode {
  return { literals: new Map(), variable: undefined, methods: new Map() };
}

function addChild(node: RouteNode, segment: string): RouteNode {
  if (segment.startsWith('{')) {
    node.variable ??= emptyNode();
    return node.variable;
  }
  const key = segment.replace(/\(.*/s, '()');
  const child = node.literals.get(key.toLowerCase()) ?? emptyNode();
  node.literals.set(key, child).set(key.toLowerCase(), child);
  return child;
}

/** The operation of a method and a path; undefined if no route matches. Never throws. */
export function findOperation(
  { api, graph }: RouteTree,
  method: string,
  path: string,
): Operation | undefined {
  const segments = new Segments(path);
  let segment = segments.next();
  const prefix = segment?.toLowerCase() ?? '';
  let node = api;
  // `/api` and `/api/v1.0` may be missing on hosts that do not serve Graph.
  if (prefix === 'api') {
    segment = segments.next();
    if (segment?.toLowerCase() === API_VERSION) segment = segments.next();
  } else if (graph !== undefined) {
    node = GRAPH_VERSIONS.has(prefix) ? graph : undefined;
    segment = segments.next();
  } else if (prefix === API_VERSION) {
    segment = segments.next();
  }
  for (; segment !== undefined && node !== undefined; segment = segments.next()) {
    node = childOf(node, segment);
  }
  return node?.methods.get(method) ?? node?.methods.get(method.toUpperCase());
}

function childOf({ literals, variable }: RouteNode, segment: string): RouteNode | undefined {
  // A literal takes precedence over a variable: `/api/machines/findbytag` is not a machine.
  const literal = literals.get(segment) ?? literalOf(literals, segment.toLowerCase());
  if (literal !== undefined) return literal;
  // Neither is `/api/machines/$count`.
  return segment.startsWith('$') ? undefined : variable;
}

/** OData allows `alerts('7')` for `alerts/7`, `findbyip(ip='10.0.0.1')`, and names with a namespace. */
function literalOf(literals: RouteNode['literals'], segment: string): RouteNode | undefined {
  const literal = literals.get(segment);
  if (literal !== undefined) return literal;
  if (segment.startsWith(GRAPH_NAMESPACE)) {
    return literals.get(segment.slice(segment.lastIndexOf('.') + 1));
  }
  const parenthesis = segment.indexOf('(');
  if (parenthesis < 1 || !segment.endsWith(')')) return undefined;
  const name = segment.slice(0, parenthesis);
  return literals.get(`${name}()`) ?? literals.get(name)?.variable;
}

/** Reads the segments of a path, decoded, without empty ones and without a query or fragment. */
class Segments {
  readonly #path: string;
  #at = 0;

  constructor(path: string) {
    const end = path.search(/[?#]/);
    this.#path = end === -1 ? path : path.slice(0, end);
  }

  next(): string | undefined {
    while (this.#at < this.#path.length) {
      const slash = this.#path.indexOf('/', this.#at);
      const end = slash === -1 ? this.#path.length : slash;
      const segment = this.#path.slice(this.#at, end);
      this.#at = end + 1;
      if (segment !== '') return decoded(segment);
    }
    return undefined;
  }
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // No route contains a stray percent sign, so the segment can only be an ID.
    return segment;
  }
}
