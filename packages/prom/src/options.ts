import {
  isClient,
  isRegistry,
  type Labels,
  type MetricClient,
  type MetricRegistry,
} from './client.ts';
import { DEFAULT_LIMITS, DEFAULT_PREFIX, type LimitName } from './definition.ts';
import { tableLabelNames } from './label-values.ts';
import type { TraceContext } from './trace-context.ts';
import { property, show } from './unknown.ts';

/** The options of `promObserver`. Every one has a default. */
export interface PromObserverOptions {
  /**
   * The registry that the metrics are registered in. It may hold other metrics.
   *
   * @defaultValue the default registry of `client`
   */
  readonly register?: MetricRegistry;
  /**
   * The module whose classes the metrics are made of: `prom-client`, a copy of it, or its successor
   * `@prometheus-io/client`. Needed where `register` comes from another module than your `prom-client`.
   *
   * @defaultValue the installed `prom-client`
   */
  readonly client?: MetricClient;
  /** What every metric name starts with. @defaultValue `'defender_client_'` */
  readonly prefix?: string;
  /**
   * Whether counters and histograms carry the tracking ID and trace ID of their latest event. This
   * needs an OpenMetrics registry; with a text registry there are no exemplars, and a process warning
   * says so unless this is `false`.
   *
   * @defaultValue `true`
   */
  readonly exemplars?: boolean;
  /**
   * How many of the latest errors `recentErrors` keeps: `capacity` from 0 to 1,000. The five latest of
   * each code are kept beside them.
   *
   * @defaultValue `{ capacity: 100 }`
   */
  readonly recentErrors?: { readonly capacity?: number };
  /**
   * Labels with fixed values that every series carries, such as the name of the tenant. At most 10.
   * Observers of one registry and prefix need the same label names.
   *
   * @defaultValue none
   */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /**
   * How many operations have series of their own, from 1 to 10,000. Further ones share the label value
   * `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 200, which is more than the operations table holds
   */
  readonly maxOperations?: number;
  /**
   * How many circuits have series of their own, from 1 to 10,000. Further ones share the label value
   * `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 100
   */
  readonly maxCircuits?: number;
  /**
   * How many quota groups have series of their own, from 1 to 10,000. Further ones share the label
   * value `_OTHER`. When observers share a registry and constant labels, the first one's limit applies.
   *
   * @defaultValue 50
   */
  readonly maxQuotaGroups?: number;
  /**
   * Returns the active trace. Called in the context of each attempt.
   *
   * @defaultValue reads the active span of OpenTelemetry, where the program uses it
   */
  readonly traceContext?: () => TraceContext | undefined;
  /** Returns the time in milliseconds since 1970. @defaultValue the time of this process */
  readonly clock?: { epoch(): number };
}

/** The validated options with their defaults. */
export interface Settings {
  readonly register: MetricRegistry | undefined;
  readonly client: MetricClient | undefined;
  readonly prefix: string;
  readonly exemplars: boolean;
  readonly capacity: number;
  readonly constantLabels: Labels;
  readonly limits: Readonly<Record<LimitName, number>>;
  readonly traceContext: (() => TraceContext | undefined) | undefined;
  readonly clock: { epoch(): number };
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const MAX_CONSTANT_LABELS = 10;
const MAX_LABEL_VALUE = 128;

interface Rule {
  readonly accepts: string;
  readonly check: (value: unknown) => boolean;
}

const limit: Rule = integer(1, 10_000);

const rules: Readonly<Record<keyof PromObserverOptions, Rule>> = {
  register: { accepts: 'a registry of prom-client', check: isRegistry },
  client: {
    accepts: 'the module prom-client or @prometheus-io/client',
    check: isClient,
  },
  prefix: {
    accepts: 'letters, digits, _ and :, not starting with a digit',
    check: (value) => typeof value === 'string' && (value === '' || METRIC_NAME.test(value)),
  },
  exemplars: { accepts: 'true or false', check: (value) => typeof value === 'boolean' },
  recentErrors: { accepts: 'an object', check: isPlainObject },
  constantLabels: { accepts: 'an object of strings', check: isPlainObject },
  maxOperations: limit,
  maxCircuits: limit,
  maxQuotaGroups: limit,
  traceContext: { accepts: 'a function', check: (value) => typeof value === 'function' },
  clock: {
    accepts: 'an object with a method epoch',
    check: (value) => typeof property(value, 'epoch') === 'function',
  },
};

const CAPACITY = integer(0, 1_000);

/**
 * Validates the options and fills in the defaults.
 *
 * @throws TypeError that lists every invalid option
 */
export function settingsOf(options: PromObserverOptions): Settings {
  const faults = faultsIn(options);
  if (faults.length > 0) {
    throw new TypeError(`promObserver got invalid options:\n- ${faults.join('\n- ')}`);
  }
  return {
    register: options.register,
    client: options.client,
    prefix: options.prefix ?? DEFAULT_PREFIX,
    exemplars: options.exemplars ?? true,
    capacity: options.recentErrors?.capacity ?? 100,
    constantLabels: sorted(options.constantLabels ?? {}),
    limits: {
      maxOperations: options.maxOperations ?? DEFAULT_LIMITS.maxOperations,
      maxCircuits: options.maxCircuits ?? DEFAULT_LIMITS.maxCircuits,
      maxQuotaGroups: options.maxQuotaGroups ?? DEFAULT_LIMITS.maxQuotaGroups,
    },
    traceContext: options.traceContext,
    clock: options.clock ?? { epoch: () => Date.now() },
  };
}

function faultsIn(options: unknown): readonly string[] {
  if (!isPlainObject(options)) return [`the options must be an object, got ${show(options)}`];
  return [
    ...topFaults(options),
    ...capacityFaults(property(options, 'recentErrors')),
    ...labelFaults(property(options, 'constantLabels')),
  ];
}

function topFaults(options: object): readonly string[] {
  const known: Readonly<Record<string, Rule | undefined>> = rules;
  return Object.entries(options).flatMap(([name, value]) =>
    Object.hasOwn(rules, name) ? faultsOf(name, known[name], value) : [`${name} is not an option`],
  );
}

function capacityFaults(recentErrors: unknown): readonly string[] {
  if (!isPlainObject(recentErrors)) return [];
  return Object.entries(recentErrors).flatMap(([name, value]) =>
    name === 'capacity'
      ? faultsOf('recentErrors.capacity', CAPACITY, value)
      : [`recentErrors.${name} is not an option`],
  );
}

function labelFaults(labels: unknown): readonly string[] {
  if (!isPlainObject(labels)) return [];
  const entries = Object.entries(labels);
  const faults = entries.flatMap(([name, value]) => {
    const path = `constantLabels.${name}`;
    if (!LABEL_NAME.test(name)) return [`${path} is not a valid label name`];
    if (tableLabelNames.has(name)) return [`${path} is a label of the metrics themselves`];
    return typeof value === 'string' && value.length <= MAX_LABEL_VALUE
      ? []
      : [`${path} must be a string of at most ${MAX_LABEL_VALUE} characters, got ${show(value)}`];
  });
  return entries.length > MAX_CONSTANT_LABELS
    ? [...faults, `constantLabels must be at most ${MAX_CONSTANT_LABELS}, got ${entries.length}`]
    : faults;
}

function faultsOf(path: string, rule: Rule | undefined, value: unknown): readonly string[] {
  if (value === undefined || rule?.check(value) !== false) return [];
  return [`${path} must be ${rule.accepts}, got ${show(value)}`];
}

// In a fixed order, so that the same labels are the same series.
function sorted(labels: Readonly<Record<string, string>>): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function integer(min: number, max: number): Rule {
  return {
    accepts: `an integer ≥ ${min} and ≤ ${max}`,
    check: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
  };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
