declare module 'opossum' {
  interface Options {
    readonly timeout?: number | false;
    readonly name?: string;
    readonly errorThresholdPercentage?: number;
    readonly resetTimeout?: number;
  }
  export default class CircuitBreaker<Args extends readonly unknown[], T> {
    constructor(action: (...args: Args) => Promise<T>, options?: Options);
    fire(...args: Args): Promise<T>;
    open(): void;
    shutdown(): void;
  }
}

declare module 'opossum-prometheus' {
  import type { Registry } from 'prom-client';
  export default class PrometheusMetrics {
    constructor(options: { readonly circuits: readonly unknown[]; readonly registry: Registry });
    clear(): void;
  }
}
