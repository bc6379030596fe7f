import type { MetricName } from '../../src/definition.ts';
import type { QueryLabel } from '../labels.ts';
import type { Matchers, Scope } from './scope.ts';

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** How its series are named; `{{code}}` stands for the label's value. */
  readonly legend?: string;
  /** Whether exemplars are drawn. Only where one metric is asked for: those of all of them come. */
  readonly exemplar?: boolean;
  /** The least distance of samples, as a duration, in place of the data source's scrape interval. */
  readonly minStep?: string;
}

/** A query. */
export const query = (expr: string, options: Omit<Query, 'expr'> = {}): Query => ({
  expr,
  ...options,
});

const grouping = (by: string): string => (by === '' ? '' : ` by (${by})`);

/** How often something happened in the whole time that the dashboard shows. */
export const inRange = (selected: string, by = ''): string =>
  `sum${grouping(by)} (increase(${selected}[$__range]))`;

/** How often something happens a minute: the unit of the quotas. */
export const perMinute = (selected: string, by = ''): string =>
  `60 * sum${grouping(by)} (rate(${selected}[$__rate_interval]))`;

/** Leaves out what is zero, so that a legend lists what happened and not what could have. */
export const nonZero = (expr: string): string => `${expr} > 0`;

/** A part of a whole; nothing while the whole is 0, where a division would give NaN. */
export const share = (part: string, whole: string): string => `${part} / (${whole} > 0)`;

/** A histogram's quantile; nothing while it is empty, where Prometheus gives NaN. */
export function quantile(
  scope: Scope,
  q: number,
  name: MetricName,
  matchers: Matchers = {},
  options: { readonly by?: string; readonly over?: string } = {},
): string {
  const { by = '', over = '$__rate_interval' } = options;
  const labels = by === '' ? 'le' : `le, ${by}`;
  const buckets = scope.partOf(name, 'bucket', matchers);
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${buckets}[${over}]))) >= 0`;
}

/** A label in a legend. */
export const legendOf = (scope: Scope, name: QueryLabel): string => `{{${scope.label(name)}}}`;

/** The grouping labels in a legend. Grafana leaves out those that a series does not have. */
export const groupLegend = (scope: Scope): string =>
  scope.settings.groupBy.map((name) => `{{${name}}}`).join(' ');
