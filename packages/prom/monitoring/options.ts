import {
  arrayOf,
  number,
  type OptionRules,
  oneOf,
  type Rule,
  where,
} from '@defender-resilience/core/validation';
import { DEFAULT_PREFIX } from '../src/definition.ts';
import { DOCS } from './site.ts';

/** The options that alert rules and dashboards have in common. Every one has a default. */
export interface MonitoringOptions {
  /**
   * The labels that tell apart whose calls they are. Each alert is about one combination of them, and
   * each dashboard has a variable for each. A label that your series do not have counts as empty, so
   * the default serves one job as well as many tenants and Kubernetes.
   *
   * @defaultValue `['cluster', 'namespace', 'job', 'tenant']`
   */
  readonly groupBy?: readonly string[];
  /**
   * Matchers on labels of `groupBy` that limit every query, such as `job=~"nightly.*"`. Rules of two
   * selectors that exclude each other can have different thresholds.
   *
   * @defaultValue none
   */
  readonly selector?: string;
  /**
   * The start of the metrics' names: the observer's option of the same name.
   *
   * @defaultValue `'defender_client_'`
   */
  readonly prefix?: string;
  /**
   * The start of the names of recorded series, before the colon.
   *
   * @defaultValue `'defender'`
   */
  readonly recordPrefix?: string;
  /**
   * Where the metrics come from: `prom` is this package's observer, `otlp` is
   * `@defender-resilience/otel` through an OpenTelemetry collector or Prometheus's OTLP receiver.
   *
   * @defaultValue `'prom'`
   */
  readonly source?: MetricSource;
  /**
   * The share of valid calls that succeed, more than 0 and less than 1. The error budget is the rest.
   *
   * @defaultValue 0.99
   */
  readonly objective?: number;
  /**
   * The address of the runbooks, without a slash at its end. The name of the alert is appended.
   *
   * @defaultValue the runbooks on the site of the docs, if the package knows it; otherwise no link
   */
  readonly runbooks?: string;
}

/** Where the metrics come from. */
export type MetricSource = 'prom' | 'otlp';

/** The checked options with their defaults. */
export interface MonitoringSettings {
  readonly groupBy: readonly string[];
  /** Matchers without braces; empty: none. */
  readonly selector: string;
  readonly prefix: string;
  readonly recordPrefix: string;
  readonly source: MetricSource;
  readonly objective: number;
  /** Empty: no links to runbooks. */
  readonly runbooks: string;
}

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC_PREFIX = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const RECORD_PREFIX = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** One matcher, then a comma or the end. */
const MATCHER = /^\s*([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\\n]|\\.)*"\s*(?:,|$)/;
/** Labels that the rules and dashboards use for something else. */
const TAKEN: readonly string[] = [
  ...['operation', 'code', 'class', 'outcome', 'status', 'circuit', 'state', 'to'],
  ...['severity', 'window', 'alertname', 'alertstate', 'instance', 'le'],
];

/** Accepts a name that a label can have. */
const labelName: Rule = where(
  'a valid label name that the rules do not use themselves, such as "tenant"',
  (value) => typeof value === 'string' && LABEL_NAME.test(value) && !TAKEN.includes(value),
);

/** Accepts an address, without a slash at its end. */
export const address: Rule = where(
  'an address that starts with https:// or http:// and ends without a slash',
  (value) => typeof value === 'string' && /^https?:\/\/[^\s/][^\s]*[^\s/]$/.test(value),
);

const matchText = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value);

/** What the shared options accept. */
export const monitoringRules: OptionRules & Readonly<Record<keyof MonitoringOptions, Rule>> = {
  groupBy: {
    ...arrayOf(labelName, 'an array of one or more label names'),
    test: (value) => Array.isArray(value) && value.length > 0,
    faults: (value, path) => duplicates(value).map((name) => `${path} has "${name}" twice`),
  },
  selector: where(
    'matchers with double quotes, separated by commas, such as job=~"nightly.*"',
    (value) => typeof value === 'string' && (value.trim() === '' || matcherLabels(value) !== null),
  ),
  prefix: where('letters, digits, _ and :, not starting with a digit', matchText(METRIC_PREFIX)),
  recordPrefix: where('letters, digits and _, not starting with a digit', matchText(RECORD_PREFIX)),
  source: oneOf('prom', 'otlp'),
  objective: {
    ...number(0, 1),
    accepts: 'a number > 0 and < 1',
    test: (value) => typeof value === 'number' && value > 0 && value < 1,
  },
  runbooks: address,
};

/** What is wrong with shared options that are right one by one. */
export function monitoringFaults({
  groupBy = GROUP_BY,
  selector = '',
}: MonitoringOptions): string[] {
  const unknown = (matcherLabels(selector) ?? []).filter((label) => !groupBy.includes(label));
  return unknown.map(
    (label) => `selector can only match labels of groupBy (${groupBy.join(', ')}), got ${label}`,
  );
}

/** Fills in the defaults of the shared options. */
export function monitoringDefaults(options: MonitoringOptions): MonitoringSettings {
  return {
    groupBy: options.groupBy ?? GROUP_BY,
    selector: options.selector?.trim() ?? '',
    prefix: options.prefix ?? DEFAULT_PREFIX,
    recordPrefix: options.recordPrefix ?? 'defender',
    source: options.source ?? 'prom',
    objective: options.objective ?? 0.99,
    runbooks: options.runbooks ?? (DOCS === '' ? '' : `${DOCS}/runbooks`),
  };
}

const GROUP_BY: readonly string[] = Object.freeze(['cluster', 'namespace', 'job', 'tenant']);

function duplicates(names: object): string[] {
  const list = Object.values(names).map(String);
  return list.filter((name, index) => list.indexOf(name) < index);
}

/** The labels that a selector names; null if it cannot be parsed. */
function matcherLabels(selector: string): string[] | null {
  const labels: string[] = [];
  let rest = selector;
  while (rest.trim() !== '') {
    const [text, label] = MATCHER.exec(rest) ?? [];
    if (text === undefined || label === undefined) return null;
    labels.push(label);
    rest = rest.slice(text.length);
  }
  return labels;
}
