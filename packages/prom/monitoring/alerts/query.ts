import type { MetricName } from '../../src/definition.ts';
import { labelOf, type QueryLabel } from '../labels.ts';
import type { RulesSettings } from './options.ts';

/** The building blocks of the expressions in one set of rules. */
export interface Query {
  readonly settings: RulesSettings;
  /** The grouping labels, separated by commas. */
  readonly group: string;
  /** With `operation`. */
  readonly operation: string;
  /** With `operation` and `code`. */
  readonly code: string;
  /** A metric of the client, with the selector and matchers such as `state="closed"`. */
  readonly raw: (name: MetricName, matchers?: string) => string;
  /** A label of such a metric. */
  readonly label: (label: QueryLabel) => string;
  /** A recorded series, named without the prefix, with the selector and matchers. */
  readonly recorded: (name: string, matchers?: string) => string;
  /** The name under which a series is recorded. */
  readonly record: (name: string) => string;
}

/** Creates the building blocks. */
export function queryOf(settings: RulesSettings): Query {
  const group = settings.groupBy.join(', ');
  const selected = (name: string, matchers: string): string => {
    const all = [matchers, settings.selector].filter((part) => part !== '').join(',');
    return all === '' ? name : `${name}{${all}}`;
  };
  const record = (name: string): string => `${settings.recordPrefix}:${name}`;
  return {
    settings,
    group,
    operation: `${group}, operation`,
    code: `${group}, operation, code`,
    raw: (name, matchers = '') => selected(`${settings.prefix}${name}`, matchers),
    label: (label) => labelOf(settings.source, label),
    recorded: (name, matchers = '') => selected(record(name), matchers),
    record,
  };
}

/** The labels that identify a process, without duplicates, with the grouping labels and others. */
export function processLabels({ settings }: Query, ...more: readonly string[]): string {
  return [...new Set(['job', 'instance', ...settings.groupBy, ...more])].join(', ');
}
