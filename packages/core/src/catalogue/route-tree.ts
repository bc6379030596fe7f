import type { Operation } from './entry.ts';

/** One segment of the routes, with what may follow it. */
interface RouteNode {
  /** By the segment as it is documented and in lower case; a function's is its name with `()`. */
  readonly literals: Map<string, RouteNode>;
  /** What follows a variable segment such as `{id}`. */
  variable: RouteNode | undefined;
  readonly methods: Map<string, Operation>;
}

/** An index of operations by their routes: below `/api`, and below Graph's versions. */
export interface RouteTree {
  readonly api: RouteNode | undefined;
  readonly graph: RouteNode | undefined;
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

function grow(operations: readonly Operation[]): RouteNode | undefined {
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

function emptyNode(): RouteNode {
  return { literals: new Map(), variable: undefined, methods: new Map() };
}

function childFor(node: RouteNode, segment: string): RouteNode {
  if (segment.startsWith('{')) {
    node.variable ??= emptyNode();
    return node.variable;
  }
  const parenthesis = segment.indexOf('(');
  const key = parenthesis === -1 ? segment : `${segment.slice(0, parenthesis)}()`;
  const child = node.literals.get(key.toLowerCase()) ?? emptyNode();
  node.literals.set(key, child);
  node.literals.set(key.toLowerCase(), child);
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
  readonly node: RouteNode | undefined;
  readonly index: number;
}

/** Skips the prefix: `/api` and `/api/v1.0` may be absent where they cannot be mistaken. */
function startOf({ api, graph }: RouteTree, [first = '', second = '']: readonly string[]): Start {
  const prefix = first.toLowerCase();
  if (prefix === 'api') return { node: api, index: second.toLowerCase() === API_VERSION ? 2 : 1 };
  if (graph === undefined) return { node: api, index: prefix === API_VERSION ? 1 : 0 };
  return { node: GRAPH_VERSIONS.has(prefix) ? graph : undefined, index: 1 };
}

function step(node: RouteNode, segment: string): RouteNode | undefined {
  const { literals, variable } = node;
  // A literal wins over a variable: `/api/machines/findbytag` is no machine.
  const literal = literals.get(segment) ?? stepAnySpelling(literals, segment.toLowerCase());
  if (literal !== undefined) return literal;
  // Nor is `/api/machines/$count`.
  return segment.startsWith('$') ? undefined : variable;
}

/** `alerts('7')` is `alerts/7`; `findbyip(ip='10.0.0.1')` calls a function; Graph's names may be full. */
function stepAnySpelling(literals: RouteNode['literals'], segment: string): RouteNode | undefined {
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

/** The segments of a path, decoded; no empty ones, and nothing from a `?` or `#` on. */
function segmentsOf(path: string): readonly string[] {
  const segments: string[] = [];
  const length = Math.min(indexOrEnd(path, '?', 0), indexOrEnd(path, '#', 0));
  let start = 0;
  while (start < length) {
    const end = Math.min(indexOrEnd(path, '/', start), length);
    if (end > start) segments.push(decoded(path.slice(start, end)));
    start = end + 1;
  }
  return segments;
}

function indexOrEnd(text: string, sought: string, from: number): number {
  const index = text.indexOf(sought, from);
  return index === -1 ? text.length : index;
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
