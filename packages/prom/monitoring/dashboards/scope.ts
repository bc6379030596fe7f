import type { MetricName } from '../../src/definition.ts';
import { metric } from '../../src/metrics.ts';
import { labelOf, type QueryLabel } from '../labels.ts';
import type { HistogramPart } from '../vocabulary.ts';
import type { DashboardSettings } from './options.ts';
import { hasMetric } from './sources.ts';

/** The value of a label, with its operator: `{ code: '=~"$code"' }`. */
export type Matchers = Partial<Readonly<Record<QueryLabel, string>>>;

/** The recorded series that dashboards read. Labelled by the grouping labels alone. */
type RecordedName = 'faults:delta1m' | 'valid:delta1m';

/** How the queries of one set of dashboards name metrics and labels, and what limits them. */
export interface Scope {
  readonly settings: DashboardSettings;
  /** Whether the source has a metric at all. */
  has(name: MetricName): boolean;
  /** The label's name in the series. */
  label(name: QueryLabel): string;
  /** The labels of a grouping: those that tell apart whose calls they are, then `labels`. */
  grouped(...labels: readonly QueryLabel[]): string;
  /** The series of a counter or gauge for what the variables choose, and for `matchers`. */
  of(name: MetricName, matchers?: Matchers): string;
  /** The series of one part of a histogram. */
  partOf(name: MetricName, part: HistogramPart, matchers?: Matchers): string;
  /** A recorded series for what the variables choose. */
  recorded(name: RecordedName): string;
  /** Prometheus's own series about alerts. */
  alerts(name: 'ALERTS' | 'ALERTS_FOR_STATE', ...matchers: readonly string[]): string;
}

/** The scope of a set of dashboards. */
export function scopeOf(settings: DashboardSettings): Scope {
  const { source, groupBy, selector, prefix, recordPrefix } = settings;
  const label = (name: QueryLabel): string => labelOf(source, name);
  const chosen = groupBy.map((name) => `${name}=~"$${name}"`);
  const fixed = selector === '' ? [] : [selector.replace(/,\s*$/, '')];
  const selected = (name: string, matchers: readonly string[]): string =>
    `${name}{${[...fixed, ...chosen, ...matchers].join(',')}}`;
  const select = (name: MetricName, suffix: string, matchers: Matchers): string =>
    selected(`${prefix}${name}${suffix}`, [
      'instance=~"$instance"',
      ...Object.entries(matchers).map(
        // The keys of a record of label names are label names.
        ([key, matcher]) => `${label(key as QueryLabel)}${matcher}`,
      ),
    ]);
  return {
    settings,
    label,
    has: (name) => hasMetric(source, name),
    grouped: (...labels) => [...groupBy, ...labels.map(label)].join(', '),
    of(name, matchers = {}) {
      if (metric(name).type === 'histogram') throw new TypeError(`${name} is a histogram`);
      return select(name, '', matchers);
    },
    partOf(name, part, matchers = {}) {
      if (metric(name).type !== 'histogram') throw new TypeError(`${name} is no histogram`);
      return select(name, `_${part}`, matchers);
    },
    recorded: (name) => selected(`${recordPrefix}:${name}`, []),
    alerts: (name, ...matchers) => selected(name, ['alertname=~"Defender.+"', ...matchers]),
  };
}
