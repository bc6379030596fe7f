import type { Operation } from './entry.ts';

/** One segment of the routes, with what may follow it. */
interface Node {
  /** By the segment in lower case; a function's is its name with `()`. */
  readonly literals: Map<string, Node>;
  /** What follows a variable segment such as `{id}`. */
  variable: Node | undefined;
  readonly methods: Map<string, Operation>;
}

/** An index of operations by their routes: below `/api`, and below Graph's versions. */
export interface RouteTree {
  readonly api: Node | undefined;
  readonly graph: Node | undefined;
}

const GRAPH_VERSIONS: ReadonlySet<string> = new Set(['v1.0', 'beta']);
const API_VERSION = 'v1.0';
const GRAPH_NAMESPACE = 'microsoft.graph.';

/** Indexes operations by their routes. */
export function routeTree(operations: readonly Operation[]): RouteTree {
  const isGraph = ({ family }: Operation): boolean => family === 'graph';
  return {
    api: grow(operations.filter((operation) => !isGraph(operation))),
    graph: grow(operations.filter(isGraph)),
  };
}

function grow(operations: readonly Operation[]): Node | undefined {
  if (operations.length === 0) return undefined;
  const root = emptyNode();
  for (const operation of operations) {
    const { method, route } = operation;
    if (method === undefined || route === undefined) continue;
    const [, ...segments] = segmentsOf(route);
    segments.reduce(childFor, root).methods.set(method, operation);
  }
  return root;
}

function emptyNode(): Node {
  return { literals: new Map(), variable: undefined, methods: new Map() };
}

function childFor(node: Node, segment: string): Node {
  if (segment.startsWith('{')) {
    node.variable ??= emptyNode();
    return node.variable;
  }
  const parenthesis = segment.indexOf('(');
  const key = parenthesis === -1 ? segment : `${segment.slice(0, parenthesis)}()`;
  const child = node.literals.get(key) ?? emptyNode();
  node.literals.set(key, child);
  return child;
}

/** The operation of a method and a path; undefined where no row has them. Never throws. */
export function findOperation(
  tree: RouteTree,
  method: string,
  path: string,
): Operation | undefined {
  const segments = segmentsOf(path);
  const start = startOf(tree, segments);
  let node = start.node;
  for (let index = start.index; index < segments.length && node !== undefined; index += 1) {
    node = step(node, segments[index] ?? '');
  }
  return node?.methods.get(method) ?? node?.methods.get(method.toUpperCase());
}

interface Start {
  readonly node: Node | undefined;
  readonly index: number;
}

/** Skips the prefix: `/api` and `/api/v1.0` may be absent where they cannot be mistaken. */
function startOf({ api, graph }: RouteTree, [first, second]: readonly string[]): Start {
  if (first === 'api') return { node: api, index: second === API_VERSION ? 2 : 1 };
  if (graph === undefined) return { node: api, index: first === API_VERSION ? 1 : 0 };
  return { node: first !== undefined && GRAPH_VERSIONS.has(first) ? graph : undefined, index: 1 };
}

// A literal wins over a variable: `/api/machines/findbytag` is no machine.
function step(node: Node, segment: string): Node | undefined {
  return node.literals.get(segment) ?? stepOData(node, segment) ?? node.variable;
}

/** `alerts('7')` is `alerts/7`; `findbyip(ip='10.0.0.1')` calls a function; Graph's names may be full. */
function stepOData(node: Node, segment: string): Node | undefined {
  if (segment.startsWith(GRAPH_NAMESPACE)) {
    return node.literals.get(segment.slice(segment.lastIndexOf('.') + 1));
  }
  const parenthesis = segment.indexOf('(');
  if (parenthesis < 1 || !segment.endsWith(')')) return undefined;
  const name = segment.slice(0, parenthesis);
  return node.literals.get(`${name}()`) ?? node.literals.get(name)?.variable;
}

/** A path's segments, decoded and in lower case; no empty ones. */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  const query = path.search(/[?#]/);
  const length = query === -1 ? path.length : query;
  let start = 0;
  while (start < length) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 || slash > length ? length : slash;
    if (end > start) segments.push(decoded(path.slice(start, end)).toLowerCase());
    start = end + 1;
  }
  return segments;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign: no route has one, so the segment can only be an ID.
    return segment;
  }
}
