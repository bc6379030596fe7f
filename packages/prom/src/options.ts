import {
  boolean,
  checkOptions,
  fn,
  integer,
  mapOf,
  type OptionRules,
  object,
  type Rule,
  where,
  withMethods,
} from '@defender-resilience/core/validation';
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

/** The options of `promObserver`. Every one has a default. */
export interface PromObserverOptions {
  /**
   * The registry that the metrics are registered in. It can hold other metrics. An OpenMetrics
   * registry prints exemplars, a text registry does not; set its type before you create the observer.
   *
   * @defaultValue the `register` of `client`
   */
  readonly register?: MetricRegistry;
  /**
   * The module whose classes create the metrics: prom-client, its successor `@prometheus-io/client`, or your
   * own copy, as in `import * as client from 'prom-client'`. Set it if prom-client is not installed, is bundled
   * into your program, or is not the module that `register` comes from.
   *
   * @defaultValue the installed prom-client
   */
  readonly client?: MetricClient;
  /**
   * The start of the name of every metric: letters, digits, `_` and `:`, not starting with a digit.
   * It can be empty.
   *
   * @defaultValue `'defender_client_'`
   */
  readonly prefix?: string;
  /**
   * Whether counters and histograms carry exemplars: the tracking ID of their last failure, and the ID of its
   * trace if the trace is sampled. Has no effect with a text registry; a process warning says so unless this is
   * `false`.
   *
   * @defaultValue `true`
   */
  readonly exemplars?: boolean;
  /**
   * How many of the last errors `observer.recentErrors` keeps in memory. `capacity` is a number of
   * errors, 0 to 1,000; the last five errors of each code are kept in addition. 0 keeps none.
   *
   * @defaultValue `{ capacity: 100 }`
   */
  readonly recentErrors?: { readonly capacity?: number };
  /**
   * Labels with one fixed value each for every series, such as the name of a tenant: at most 10, with values of
   * at most 128 characters. All observers of a registry and prefix need the same label names.
   *
   * @defaultValue `{}`
   */
  readonly constantLabels?: Readonly<Record<string, string>>;
  /**
   * How many operations have series of their own, 1 to 10,000. All further operations share the series
   * of the operation `_OTHER`. If several observers of a registry have the same constant labels, the
   * first observer's value applies to all of them.
   *
   * @defaultValue 200, which is more than the table of operations has
   */
  readonly maxOperations?: number;
  /**
   * How many circuits have series of their own, 1 to 10,000. All further circuits share the series of
   * the circuit `_OTHER`. If several observers of a registry have the same constant labels, the first
   * observer's value applies to all of them.
   *
   * @defaultValue 100
   */
  readonly maxCircuits?: number;
  /**
   * How many quota groups have series of their own, 1 to 10,000. All further groups share the series
   * of the group `_OTHER`. If several observers of a registry have the same constant labels, the first
   * observer's value applies to all of them.
   *
   * @defaultValue 50
   */
  readonly maxQuotaGroups?: number;
  /**
   * Returns the trace that is active when it is called, or undefined. Called synchronously within the context
   * of each attempt. If it throws, the error is reported once, as a process warning.
   *
   * @defaultValue reads the active span of OpenTelemetry, if the program uses `@opentelemetry/api` 1.x
   */
  readonly traceContext?: () => TraceContext | undefined;
  /**
   * The clock for recent errors and for metrics whose value is a time. The timestamps of exemplars come from
   * prom-client and always use the real time.
   *
   * @defaultValue the real time
   */
  readonly clock?: {
    /** The time in milliseconds since 1970. */
    epoch(): number;
  };
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

const limit = integer(1, 10_000);

const labelValue = where(
  `a string of at most ${MAX_LABEL_VALUE} characters`,
  (value) => typeof value === 'string' && value.length <= MAX_LABEL_VALUE,
);

const constantLabels: Rule = {
  ...mapOf(labelValue, 'an object of strings', nameFault),
  faults(value, path) {
    const { length } = Object.keys(value);
    const missing = Object.entries(value).filter(([, label]) => label === undefined);
    return [
      ...missing.map(([name]) => `${path}['${name}'] must be ${labelValue.accepts}, got undefined`),
      ...(length <= MAX_CONSTANT_LABELS
        ? []
        : [`${path} must be at most ${MAX_CONSTANT_LABELS}, got ${length}`]),
    ];
  },
};

function nameFault(name: string): string | undefined {
  if (!LABEL_NAME.test(name)) return 'is not a valid label name';
  return tableLabelNames.has(name) ? 'is a label of the metrics themselves' : undefined;
}

const RULES: OptionRules & Readonly<Record<keyof PromObserverOptions, Rule>> = {
  register: where('a registry of prom-client', isRegistry),
  client: where('the module prom-client or @prometheus-io/client', isClient),
  prefix: where(
    'letters, digits, _ and :, not starting with a digit',
    (value) => typeof value === 'string' && (value === '' || METRIC_NAME.test(value)),
  ),
  exemplars: boolean,
  recentErrors: object({ capacity: integer(0, 1_000) }),
  constantLabels,
  maxOperations: limit,
  maxCircuits: limit,
  maxQuotaGroups: limit,
  traceContext: fn,
  clock: withMethods('an object with a method epoch', 'epoch'),
};

/**
 * Validates the options and fills in the defaults.
 *
 * @throws TypeError that lists every invalid option
 */
export function settingsOf(options: PromObserverOptions): Settings {
  checkOptions('promObserver', RULES, options);
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

// In a fixed order, so that the same labels are the same series.
function sorted(labels: Readonly<Record<string, string>>): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
