import type { LabelName, MetricName } from '../../src/definition.ts';
import { checked } from '../check-query.ts';
import { type HistogramPart, series, tableVocabulary, type Vocabulary } from '../vocabulary.ts';

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** How its series are named; `{{code}}` stands for the label's value. */
  readonly legend?: string;
  /** Whether exemplars are drawn. Only where one metric is asked for: those of all of them come. */
  readonly exemplar?: boolean;
}

/** What dashboards may name: the metric table's series, and the one that Prometheus makes of alerts. */
export const dashboardVocabulary: Vocabulary = new Map<string, ReadonlySet<string>>([
  ...tableVocabulary,
  ['ALERTS', new Set(['alertname', 'alertstate', 'severity', 'job', 'code', 'circuit'])],
]);

type Matchers = Partial<Readonly<Record<LabelName, string>>>;

function selector(name: string, matchers: Matchers): string {
  const all = Object.entries(matchers).map(([label, matcher]) => `${label}${matcher}`);
  return `${name}{${['job=~"$job"', 'instance=~"$instance"', ...all].join(',')}}`;
}

/** The series of a counter or gauge for the chosen jobs and instances, and for `matchers`: `{ code: '=~"$code"' }`. */
export function of(name: MetricName, matchers: Matchers = {}): string {
  return selector(series(name), matchers);
}

/** The series of one part of a histogram. */
export function partOf(name: MetricName, part: HistogramPart, matchers: Matchers = {}): string {
  return selector(series(name, part), matchers);
}

const grouping = (by: readonly string[]): string =>
  by.length === 0 ? '' : ` by (${by.join(', ')})`;

/** How often something happened in the whole time that the dashboard shows. */
export function inRange(selected: string, ...by: readonly LabelName[]): string {
  return `sum${grouping(by)} (increase(${selected}[$__range]))`;
}

/** How often something happens a minute: the unit of the quotas. */
export function perMinute(selected: string, ...by: readonly LabelName[]): string {
  return `60 * sum${grouping(by)} (rate(${selected}[$__rate_interval]))`;
}

/** Leaves out what is zero, so that a legend lists what happened and not what could have. */
export function nonZero(expr: string): string {
  return `${expr} > 0`;
}

/** A part of a whole; nothing while the whole is 0, where a division would give NaN. */
export function share(part: string, whole: string): string {
  return `${part} / (${whole} > 0)`;
}

/** A quantile of a histogram; nothing while it is empty, where Prometheus gives NaN. */
export function quantile(
  q: number,
  name: MetricName,
  matchers: Matchers = {},
  ...by: readonly LabelName[]
): string {
  const buckets = partOf(name, 'bucket', matchers);
  const labels = ['le', ...by].join(', ');
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${buckets}[$__rate_interval]))) >= 0`;
}

/** A query whose metrics and labels are all known. */
export function query(expr: string, options: Omit<Query, 'expr'> = {}): Query {
  return { expr: checked(expr, dashboardVocabulary), ...options };
}
