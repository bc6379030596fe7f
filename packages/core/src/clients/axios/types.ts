/**
 * An axios instance, recognised by its shape: `axios` itself, what `axios.create` returns, or a `new
 * axios.Axios()`.
 */
export interface AxiosLike {
  readonly defaults: object;
  readonly interceptors: { readonly request: object };
  request: unknown;
}

/** The parts of an instance that this package uses. */
export interface Instance {
  readonly defaults: Record<string, unknown>;
  readonly interceptors: { readonly request: InterceptorManager };
  request(config: object): Promise<unknown>;
  create?(): Instance;
}

interface InterceptorManager {
  use(
    fulfilled: (config: AxiosConfig) => unknown,
    rejected: undefined,
    options: { readonly synchronous: boolean },
  ): number;
}

/** The configuration of one request, as adapters receive it. Nothing in it is checked. */
export type AxiosConfig = Record<string, unknown>;

/** Sends one request. */
export type AxiosAdapter = (config: AxiosConfig) => Promise<unknown>;

/** The response that axios resolves with. */
export interface AxiosResponse {
  readonly status: number;
  readonly headers: unknown;
  data: unknown;
  config?: unknown;
}

export function isInstance(x: unknown): x is Instance {
  return (
    isRecord(x) &&
    isRecord(x['defaults']) &&
    typeof x['request'] === 'function' &&
    isRecord(x['interceptors']) &&
    isRecord(x['interceptors']['request']) &&
    typeof x['interceptors']['request']['use'] === 'function'
  );
}

export function isAxiosResponse(x: unknown): x is AxiosResponse {
  return isRecord(x) && typeof x['status'] === 'number' && 'data' in x;
}

/** Like core's `isRecord`, but accepts functions too, since instances of axios are functions. */
export function isRecord(x: unknown): x is Record<string, unknown> {
  return (typeof x === 'object' && x !== null) || typeof x === 'function';
}
