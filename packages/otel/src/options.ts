import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import * as attributeNames from './attribute-names.ts';

/** What a request tells the service about the trace. */
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
   * Attributes of every span and every metric of this observer, such as the tenant of its wrapper. At
   * most 10, each a string of at most 128 characters, a number or a boolean. Give a set of values that
   * is bounded, since each makes series of its own.
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

interface Rule {
  readonly option: keyof OtelObserverOptions;
  readonly requirement: string;
  readonly accepts: (value: unknown) => boolean;
}

const hasMethod = (name: string) => (value: unknown) =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function';

const isStatus = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599;

const MAX_CONSTANT_ATTRIBUTES = 10;
const MAX_ATTRIBUTE_LENGTH = 128;
const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(attributeNames));

function areConstantAttributes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAX_CONSTANT_ATTRIBUTES && entries.every(isConstantAttribute);
}

function isConstantAttribute([name, value]: [string, unknown]): boolean {
  if (name === '' || OWN_NAMES.has(name)) return false;
  if (typeof value === 'string') return value.length <= MAX_ATTRIBUTE_LENGTH;
  return Number.isFinite(value) || typeof value === 'boolean';
}

const RULES: readonly Rule[] = [
  { option: 'tracerProvider', requirement: 'have getTracer', accepts: hasMethod('getTracer') },
  { option: 'meterProvider', requirement: 'have getMeter', accepts: hasMethod('getMeter') },
  {
    option: 'propagate',
    requirement: "be 'none' or 'traceparent'",
    accepts: (value) => value === 'none' || value === 'traceparent',
  },
  {
    option: 'suppressTransportSpans',
    requirement: 'be a boolean',
    accepts: (value) => typeof value === 'boolean',
  },
  {
    option: 'urlCapture',
    requirement: "be 'redacted' or 'template'",
    accepts: (value) => value === 'redacted' || value === 'template',
  },
  {
    option: 'expectedStatuses',
    requirement: 'be an array of HTTP statuses',
    accepts: (value) => Array.isArray(value) && value.every(isStatus),
  },
  {
    option: 'maxOperations',
    requirement: 'be an integer ≥ 1',
    accepts: (value) => Number.isInteger(value) && Number(value) >= 1,
  },
  {
    option: 'constantAttributes',
    requirement: `be at most ${MAX_CONSTANT_ATTRIBUTES} attributes that otelObserver does not set itself, each a string of at most ${MAX_ATTRIBUTE_LENGTH} characters, a number or a boolean`,
    accepts: areConstantAttributes,
  },
  { option: 'clock', requirement: 'have epoch', accepts: hasMethod('epoch') },
];

/**
 * Validates the options and fills in the defaults.
 *
 * @throws TypeError that names every invalid option.
 */
export function settingsOf(options: OtelObserverOptions): Settings {
  const faults = RULES.filter(({ option, accepts }) => {
    const value = options[option];
    return value !== undefined && !accepts(value);
  }).map(
    ({ option, requirement }) => `${option} must ${requirement}, got ${shown(options[option])}`,
  );
  if (faults.length > 0) throw new TypeError(`otelObserver: ${faults.join('; ')}`);
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

function shown(value: unknown): string {
  return typeof value === 'object' ? (JSON.stringify(value) ?? typeof value) : String(value);
}
