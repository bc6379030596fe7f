import type { Check } from '../check/check.ts';
import type { Engine } from '../engine.ts';

/** What a control endpoint is asked: a body that its check found no fault in, and the query. */
export interface ControlRequest<Body> {
  readonly engine: Engine;
  readonly body: Body;
  readonly query: URLSearchParams;
}

/** One way to control a simulator from another process. */
export interface ControlEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** How a body is checked; undefined: none is read. */
  readonly check: Check | undefined;
  /** What it answers; undefined: 204. */
  handle(request: ControlRequest<unknown>): unknown;
}

/** An endpoint without a body. */
export function endpoint(
  method: ControlEndpoint['method'],
  path: string,
  handle: (request: ControlRequest<unknown>) => unknown,
): ControlEndpoint {
  return { method, path, check: undefined, handle };
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
    check,
    // The endpoint is called with what its check found no fault in, and with nothing else.
    handle: (request) => handle({ ...request, body: request.body as Body }),
  };
}
