import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/** What is told to the service about the trace. */
export type Propagation = 'none' | 'traceparent';

/** How much of a URL stands in `url.full`. */
export type UrlCapture = 'redacted' | 'template';

/** The options of `otelObserver`. Every one has a default. */
export interface OtelObserverOptions {
  /** @defaultValue the global one, also when it is registered later */
  readonly tracerProvider?: TracerProvider;
  /** @defaultValue the global one, also when it is registered later */
  readonly meterProvider?: MeterProvider;
  /**
   * Whether the service is sent the attempt's `traceparent`. Baggage and `tracestate` are never sent:
   * with `'none'` the service learns nothing, whichever transport is instrumented.
   *
   * @defaultValue `'none'`
   */
  readonly propagate?: Propagation;
  /**
   * Whether the attempt's own span is the CLIENT span, and the spans of an instrumented transport
   * (undici, `node:http`) are left out around the HTTP send. With `false` it is the other way round:
   * the instrumentation's span is the CLIENT span, below the attempt's, which is INTERNAL.
   * Instrumentations write URLs as they are, query values included. Has no effect on `execute` and
   * `wrap`, inside which everything is traced.
   *
   * @defaultValue true
   */
  readonly suppressTransportSpans?: boolean;
  /**
   * What `url.full` holds: `'redacted'` the path as it was sent, `'template'` the route in its place,
   * so that not even IDs of machines, users and files stand in a span.
   *
   * @defaultValue `'redacted'`
   */
  readonly urlCapture?: UrlCapture;
  /**
   * HTTP statuses that are no errors to you, such as a 404 for something that may well not exist. Such
   * a call keeps its `defender.outcome`, but its spans are not marked as errors and no error is counted.
   *
   * @defaultValue `[]`
   */
  readonly expectedStatuses?: readonly number[];
  /**
   * How many operations metrics tell apart; further ones read `_OTHER`.
   *
   * @defaultValue 200, which is more than the operations table holds
   */
  readonly maxOperations?: number;
}

/** Every option with its value, checked. */
export interface Settings {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly propagate: Propagation;
  readonly suppressTransportSpans: boolean;
  readonly urlCapture: UrlCapture;
  readonly expectedStatuses: ReadonlySet<number>;
  readonly maxOperations: number;
}

interface Rule {
  readonly path: keyof OtelObserverOptions;
  readonly says: string;
  readonly holds: (value: unknown) => boolean;
}

const hasMethod = (name: string) => (value: unknown) =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';

const isStatus = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;

const RULES: readonly Rule[] = [
  { path: 'tracerProvider', says: 'have getTracer', holds: hasMethod('getTracer') },
  { path: 'meterProvider', says: 'have getMeter', holds: hasMethod('getMeter') },
  {
    path: 'propagate',
    says: "be 'none' or 'traceparent'",
    holds: (value) => value === 'none' || value === 'traceparent',
  },
  {
    path: 'suppressTransportSpans',
    says: 'be a boolean',
    holds: (value) => typeof value === 'boolean',
  },
  {
    path: 'urlCapture',
    says: "be 'redacted' or 'template'",
    holds: (value) => value === 'redacted' || value === 'template',
  },
  {
    path: 'expectedStatuses',
    says: 'be an array of HTTP statuses',
    holds: (value) => Array.isArray(value) && value.every(isStatus),
  },
  {
    path: 'maxOperations',
    says: 'be an integer ≥ 1',
    holds: (value) => Number.isInteger(value) && Number(value) >= 1,
  },
];

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that names every option that is not valid.
 */
export function settingsOf(options: OtelObserverOptions): Settings {
  const faults = RULES.filter(({ path, holds }) => {
    const value = options[path];
    return value !== undefined && !holds(value);
  }).map(({ path, says }) => `${path} must ${says}, got ${shown(options[path])}`);
  if (faults.length > 0) throw new TypeError(`otelObserver: ${faults.join('; ')}`);
  return {
    tracerProvider: options.tracerProvider,
    meterProvider: options.meterProvider,
    propagate: options.propagate ?? 'none',
    suppressTransportSpans: options.suppressTransportSpans ?? true,
    urlCapture: options.urlCapture ?? 'redacted',
    expectedStatuses: new Set(options.expectedStatuses),
    maxOperations: options.maxOperations ?? 200,
  };
}

function shown(value: unknown): string {
  return typeof value === 'object' ? (JSON.stringify(value) ?? typeof value) : String(value);
}
