import { type Check, shape } from '../check/check.ts';
import type { Engine } from '../engine.ts';

/** A query's parameters; the last of a name counts. */
export type Query = Readonly<Record<string, string>>;

/** What a control endpoint is asked: a body that its check found no fault in, and the query. */
export interface ControlRequest<Body> {
  readonly engine: Engine;
  readonly body: Body;
  readonly query: Query;
}

/** One way to control a simulator from another process. */
export interface ControlEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** How a body is checked; undefined: none is read. */
  readonly body: Check | undefined;
  /** How the query's parameters are checked. */
  readonly query: Check;
  /** What it answers; undefined: 204. */
  handle(request: ControlRequest<unknown>): unknown;
}

const NO_PARAMETERS = shape({});

/** An endpoint without a body. */
export function endpoint(
  method: ControlEndpoint['method'],
  path: string,
  handle: ControlEndpoint['handle'],
  query: Check = NO_PARAMETERS,
): ControlEndpoint {
  return { method, path, body: undefined, query, handle };
}

/** An endpoint with a body, which `check` makes sure is a `Body`. */
export function withBody<Body>(
  path: string,
  check: Check,
  handle: (request: ControlRequest<Body>) => unknown,
): ControlEndpoint {
  return {
    method: 'POST',
    path,
    body: check,
    query: NO_PARAMETERS,
    // The endpoint is called with what its check found no fault in, and with nothing else.
    handle: (request) => handle({ ...request, body: request.body as Body }),
  };
}
