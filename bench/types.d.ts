declare module 'opossum' {
  interface Options {
    readonly timeout?: number | false;
    readonly name?: string;
    readonly errorThresholdPercentage?: number;
    readonly resetTimeout?: number;
  }
  // biome-ignore lint/style/noDefaultExport: so it is in the package, which brings no types.
  export default class CircuitBreaker<Args extends readonly unknown[], T> {
    constructor(action: (...args: Args) => Promise<T>, options?: Options);
    fire(...args: Args): Promise<T>;
    open(): void;
    shutdown(): void;
  }
}

declare module 'opossum-prometheus' {
  import type { Registry } from 'prom-client';
  // biome-ignore lint/style/noDefaultExport: so it is in the package, which brings no types.
  export default class PrometheusMetrics {
    constructor(options: { readonly circuits: readonly unknown[]; readonly registry: Registry });
    clear(): void;
  }
}
