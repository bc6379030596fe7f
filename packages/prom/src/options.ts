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
