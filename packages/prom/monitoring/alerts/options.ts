import {
  arrayOf,
  boolean,
  checkOptions,
  describe,
  mapOf,
  type OptionRules,
  object,
  oneOf,
  type Rule,
  where,
} from '@defender-resilience/core/validation';
import { duration, seconds } from '../duration.ts';
import {
  address,
  type MonitoringOptions,
  type MonitoringSettings,
  monitoringDefaults,
  monitoringFaults,
  monitoringRules,
} from '../options.ts';
import { ALERTS, type AlertName, SEVERITIES, type SeverityName } from './names.ts';
import { type Thresholds, thresholdFaults, thresholdRules, thresholdsOf } from './thresholds.ts';

/** The options of the alert rules. Every one has a default. */
export interface RulesOptions extends MonitoringOptions {
  /**
   * The form: `prometheus`, the YAML of a rule file; `operator`, a PrometheusRule resource for
   * Kubernetes; or `json`, a rule file as JSON.
   *
   * @defaultValue `'prometheus'`
   */
  readonly format?: RulesFormat;
  /**
   * When alerts fire.
   *
   * @defaultValue the defaults of `Thresholds`
   */
  readonly thresholds?: Partial<Thresholds>;
  /**
   * The label `severity` of each alert, such as `{ accessLost: 'critical' }` if a lost permission should page
   * someone.
   *
   * @defaultValue `critical` for `unauthorized`, `circuitOpen` and `errorBudgetBurn1h`; `info` for
   * `refusalsChronic` and `errorBudgetBurn3d`; `warning` for the others
   */
  readonly severities?: Partial<Readonly<Record<SeverityName, string>>>;
  /**
   * Labels that every alert carries, such as `{ team: 'soc' }`.
   *
   * @defaultValue `{}`
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Alerts to leave out, by name. @defaultValue `[]` */
  readonly disable?: readonly AlertName[];
  /**
   * The address of the overview dashboard, such as
   * `https://grafana.example.com/d/defender-client-overview`. Alerts link to it with their labels.
   *
   * @defaultValue alerts do not link to a dashboard
   */
  readonly dashboard?: string;
  /**
   * The address of Prometheus, for links to the tracking IDs in its exemplars.
   *
   * @defaultValue the address from Prometheus's own flag `--web.external-url`
   */
  readonly prometheus?: string;
  /**
   * The address at which a process serves its recent errors; `{instance}` stands for the label of that
   * name. With `source: 'otlp'` alerts say which spans to search for instead.
   *
   * @defaultValue `'http://{instance}/debug/defender/errors'`, the handler's own path
   */
  readonly recentErrors?: string;
  /**
   * Whether alerts keep firing for a while after their condition ended. Prometheus before 2.42 cannot.
   *
   * @defaultValue `true`
   */
  readonly keepFiring?: boolean;
  /**
   * Jobs that must run, and operations that must succeed within a time.
   *
   * @defaultValue `[]`
   */
  readonly expected?: readonly Expected[];
  /** The metadata of the PrometheusRule resource, for `format: 'operator'`. */
  readonly metadata?: RuleMetadata;
}

/** The form of the rules. */
export type RulesFormat = 'prometheus' | 'operator' | 'json';

/**
 * An expected client: at least one label of `groupBy` with its value. With `every`, an operation (or any,
 * without `operation`) must succeed at least that often, such as `'26h'` for a nightly job. Without it, a
 * process must run at all times.
 */
export type Expected = Readonly<Record<string, string>>;

/** The metadata of a PrometheusRule resource. */
export interface RuleMetadata {
  /** The name of the resource. @defaultValue `'defender-client'` */
  readonly name?: string;
  /** The namespace of the resource. @defaultValue none */
  readonly namespace?: string;
  /**
   * The labels that the operator's `ruleSelector` requires, such as `{ release: 'prometheus' }`. @defaultValue
   * none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The checked options with their defaults. */
export interface RulesSettings extends MonitoringSettings {
  readonly format: RulesFormat;
  readonly thresholds: Thresholds;
  readonly severities: Readonly<Record<SeverityName, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly disable: readonly AlertName[];
  readonly dashboard: string;
  readonly prometheus: string;
  readonly recentErrors: string;
  readonly keepFiring: boolean;
  readonly expected: readonly Expected[];
  readonly metadata: RuleMetadata;
}

const text: Rule = where(
  'a non-empty string',
  (value) => typeof value === 'string' && value.trim() !== '',
);
const DNS_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const dnsName = where(
  'lower-case letters, digits, "-" and ".", as Kubernetes has it',
  (value) => typeof value === 'string' && value.length <= 253 && DNS_NAME.test(value),
);
const ANY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** The labels that rules set themselves. */
const OWN_LABELS: Readonly<Record<string, string>> = {
  severity: 'is set by severities',
  window: 'is set by the rules themselves',
  alertname: 'is set by Prometheus',
};

const staticLabels = mapOf(text, 'an object of strings', (name) => {
  if (!ANY_LABEL.test(name) || name.startsWith('__')) return 'is not a valid label name';
  return OWN_LABELS[name];
});

const severities: OptionRules = Object.fromEntries(
  Object.keys(SEVERITIES).map((name) => [name, text]),
);

/** What the options of the rules accept. */
const rulesRules: OptionRules & Readonly<Record<keyof RulesOptions, Rule>> = {
  ...monitoringRules,
  format: oneOf('prometheus', 'operator', 'json'),
  thresholds: object(thresholdRules),
  severities: object(severities),
  labels: staticLabels,
  disable: arrayOf(oneOf(...ALERTS), 'an array of names of alerts'),
  dashboard: address,
  prometheus: address,
  recentErrors: where(
    'an address with {instance} in it and without a query',
    (value) =>
      typeof value === 'string' &&
      /^https?:\/\/[^?#\s"]+$/.test(value) &&
      value.includes('{instance}'),
  ),
  keepFiring: boolean,
  expected: arrayOf(mapOf(text, 'an object of strings'), 'an array of objects'),
  metadata: object({
    name: dnsName,
    namespace: dnsName,
    labels: mapOf(text, 'an object of strings'),
  }),
};

/**
 * Checks the options and fills in the defaults.
 *
 * @param receiver - the function that was called with them, for the message
 * @throws TypeError that lists every invalid option
 */
export function rulesSettings(receiver: string, options: RulesOptions = {}): RulesSettings {
  checkOptions(receiver, rulesRules, options, () => [
    ...monitoringFaults(options),
    ...thresholdFaults(options.thresholds ?? {}),
    ...labelFaults(options),
    ...expectedFaults(options),
  ]);
  return {
    ...monitoringDefaults(options),
    format: options.format ?? 'prometheus',
    thresholds: thresholdsOf(options.thresholds),
    severities: { ...SEVERITIES, ...defined(options.severities) },
    labels: options.labels ?? {},
    disable: options.disable ?? [],
    dashboard: options.dashboard ?? '',
    prometheus: options.prometheus ?? '',
    recentErrors: options.recentErrors ?? 'http://{instance}/debug/defender/errors',
    keepFiring: options.keepFiring ?? true,
    expected: options.expected ?? [],
    metadata: options.metadata ?? {},
  };
}

function defined<T extends object>(values: T | undefined): T {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined),
  ) as T;
}

function labelFaults(options: RulesOptions): string[] {
  const { groupBy } = monitoringDefaults(options);
  return Object.keys(options.labels ?? {})
    .filter((name) => groupBy.includes(name))
    .map((name) => `labels['${name}'] is in groupBy and would hide whose calls they are`);
}

function expectedFaults(options: RulesOptions): string[] {
  const { groupBy } = monitoringDefaults(options);
  const { worked } = thresholdsOf(options.thresholds);
  return (options.expected ?? []).flatMap((entry, index) => {
    const path = `expected[${index}]`;
    const { operation, every, ...labels } = entry;
    const faults = Object.keys(labels)
      .filter((name) => !groupBy.includes(name))
      .map((name) => `${path}.${name} is not a label of groupBy (${groupBy.join(', ')})`);
    if (Object.keys(labels).length === 0) faults.push(`${path} names no label of groupBy`);
    if (operation !== undefined && every === undefined) {
      faults.push(`${path}.every is missing: how often ${operation} must succeed`);
    }
    return [...faults, ...everyFaults(`${path}.every`, every, worked)];
  });
}

function everyFaults(path: string, every: string | undefined, worked: string): string[] {
  if (every === undefined) return [];
  const rule = duration('5m');
  if (!rule.test(every)) return [`${path} must be ${rule.accepts}, got ${describe(every)}`];
  return seconds(every) > seconds(worked)
    ? [`${path} must not be longer than thresholds.worked (${worked}), got ${every}`]
    : [];
}
