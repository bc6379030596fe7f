import {
  arrayOf,
  boolean,
  checkOptions,
  integer,
  mapOf,
  type OptionRules,
  oneOf,
  type Rule,
  where,
  withMethods,
} from '@defender-resilience/core/validation';
import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import * as attributeNames from './attribute-names.ts';

/** What a request reveals to the service about the trace. */
export type Propagation = 'none' | 'traceparent';

/** How much of the URL `url.full` contains. */
export type UrlCapture = 'redacted' | 'template';

/** The options of `otelObserver`. All are optional. */
export interface OtelObserverOptions {
  /**
   * The provider of the tracer.
   *
   * @defaultValue the global one, also if it is registered later
   */
  readonly tracerProvider?: TracerProvider;
  /**
   * The provider of the meter.
   *
   * @defaultValue the global one, also if it is registered later
   */
  readonly meterProvider?: MeterProvider;
  /**
   * Whether requests to the service have a `traceparent` header with their CLIENT span. Baggage and
   * `tracestate` are never sent. With `'none'` nothing is sent, even if the transport is instrumented;
   * this includes the requests that a function makes inside `execute` and `wrap`.
   *
   * @defaultValue `'none'`
   */
  readonly propagate?: Propagation;
  /**
   * Whether the spans of an instrumented transport (undici, `node:http`) are left out while an HTTP
   * request is sent, so that the attempt's span is the only CLIENT span. With `false` the
   * instrumentation's span is the CLIENT span, and the attempt's span is its parent, of kind INTERNAL.
   * The instrumentation then also sends the `traceparent`, in the format of the registered propagator.
   * Note that instrumentations record URLs with all query values. `execute` and `wrap` ignore this
   * option: the CLIENT spans of your function are always traced.
   *
   * @defaultValue `true`
   */
  readonly suppressTransportSpans?: boolean;
  /**
   * What `url.full` contains: `'redacted'` the path as it was sent; `'template'` the route, so that
   * spans have no IDs of machines, users or files.
   *
   * @defaultValue `'redacted'`
   */
  readonly urlCapture?: UrlCapture;
  /**
   * HTTP statuses that are not errors for you, such as the 404 of something that may not exist. Calls
   * that end with one keep their `defender.outcome`, but spans are not marked as errors and no error is
   * counted.
   *
   * @defaultValue `[]`
   */
  readonly expectedStatuses?: readonly number[];
  /**
   * How many different operations metrics have. Further ones are counted as `_OTHER`.
   *
   * @defaultValue 200, more than the operations table has
   */
  readonly maxOperations?: number;
  /**
   * Attributes of every span and every metric of this observer, such as the tenant of its wrapper. At most 10,
   * each a string of at most 128 characters, a number or a boolean. Use a bounded set of values, since each one
   * creates its own series.
   *
   * @defaultValue `{}`
   */
  readonly constantAttributes?: Readonly<Record<string, string | number | boolean>>;
  /**
   * The wall clock, in milliseconds since 1970, from which the timestamp metrics are read.
   *
   * @defaultValue `Date.now`
   */
  readonly clock?: { epoch(): number };
}

/** The options, validated and with defaults. */
export interface Settings {
  readonly tracerProvider: TracerProvider | undefined;
  readonly meterProvider: MeterProvider | undefined;
  readonly propagate: Propagation;
  readonly suppressTransportSpans: boolean;
  readonly urlCapture: UrlCapture;
  readonly expectedStatuses: ReadonlySet<number>;
  readonly maxOperations: number;
  readonly constantAttributes: Attributes;
  readonly clock: { epoch(): number };
}

const MAX_CONSTANT_ATTRIBUTES = 10;
const MAX_ATTRIBUTE_LENGTH = 128;
const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(attributeNames));

const constantAttribute = where(
  `a string of at most ${MAX_ATTRIBUTE_LENGTH} characters, a number or a boolean`,
  (value) =>
    typeof value === 'string'
      ? value.length <= MAX_ATTRIBUTE_LENGTH
      : Number.isFinite(value) || typeof value === 'boolean',
);

function nameFault(name: string): string | undefined {
  if (name === '') return 'must have a name';
  return OWN_NAMES.has(name) ? 'is an attribute that otelObserver sets itself' : undefined;
}

const constantAttributes: Rule = {
  ...mapOf(constantAttribute, 'an object of attributes', nameFault),
  faults: (value, path) => {
    const { length } = Object.keys(value);
    return length <= MAX_CONSTANT_ATTRIBUTES
      ? []
      : [`${path} must be at most ${MAX_CONSTANT_ATTRIBUTES}, got ${length}`];
  },
};

const RULES: OptionRules & Readonly<Record<keyof OtelObserverOptions, Rule>> = {
  tracerProvider: withMethods('a TracerProvider', 'getTracer'),
  meterProvider: withMethods('a MeterProvider', 'getMeter'),
  propagate: oneOf('none', 'traceparent'),
  suppressTransportSpans: boolean,
  urlCapture: oneOf('redacted', 'template'),
  expectedStatuses: arrayOf(integer(100, 599), 'an array of HTTP statuses'),
  maxOperations: integer(1),
  constantAttributes,
  clock: withMethods('an object with a method epoch', 'epoch'),
};

/**
 * Validates the options and fills in the defaults.
 *
 * @throws TypeError that names every invalid option.
 */
export function settingsOf(options: OtelObserverOptions): Settings {
  checkOptions('otelObserver', RULES, options);
  return {
    tracerProvider: options.tracerProvider,
    meterProvider: options.meterProvider,
    propagate: options.propagate ?? 'none',
    suppressTransportSpans: options.suppressTransportSpans ?? true,
    urlCapture: options.urlCapture ?? 'redacted',
    expectedStatuses: new Set(options.expectedStatuses),
    maxOperations: options.maxOperations ?? 200,
    constantAttributes: Object.freeze({ ...options.constantAttributes }),
    clock: options.clock ?? { epoch: () => Date.now() },
  };
}
