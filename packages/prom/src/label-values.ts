import { metricCodes } from '@defender-resilience/core';
import {
  type LabelName,
  type MetricDefinition,
  type MetricLabel,
  OTHER,
  type ZeroRule,
} from './definition.ts';
import { metrics } from './metrics.ts';

const classes: ReadonlyMap<string, string> = new Map(
  metricCodes.map((row) => [row.code, row.class]),
);

/** The class of a code. */
export function classOf(code: string): string {
  return classes.get(code) ?? classes.get(OTHER) ?? OTHER;
}

/** The values of a label that are known beforehand; empty for a label with arbitrary names. */
export function closedValues({ values }: MetricLabel): readonly string[] {
  switch (values.kind) {
    case 'listed':
      return values.values;
    case 'codes': {
      const codes = metricCodes.map((row) => row.code);
      return values.or === undefined ? codes : [values.or, ...codes];
    }
    case 'first':
    case 'constant':
      return [];
  }
}

/**
 * The series to initialize to 0, each as the values of the metric's labels in the order of the table.
 *
 * @param names - the labels with arbitrary names, such as the operation that was first called
 */
export function initialSeries(
  { labels, zero }: MetricDefinition,
  when: ZeroRule['when'],
  names: Partial<Readonly<Record<LabelName, string>>> = {},
): readonly (readonly string[])[] {
  if (zero?.when !== when) return [];
  let rows: readonly (readonly string[])[] = [[]];
  labels.forEach((label) => {
    const name = names[label.name];
    const values = name === undefined ? zero.only?.[label.name] : [name];
    rows = rows.flatMap((row) => {
      const code = row[labels.findIndex((other) => other.name === label.determinedBy)];
      const determined = code === undefined ? closedValues(label) : [classOf(code)];
      return (values ?? determined).map((value) => [...row, value]);
    });
  });
  return rows;
}

/** The names of the table's labels, and `le`, which histograms add. */
export const tableLabelNames: ReadonlySet<string> = new Set([
  'le',
  ...metrics.flatMap(({ labels }) => labels.map(({ name }) => name)),
]);

/** Converts a word of core's events, such as `half-open`, to a label value with underscores. */
export function label(word: string): string {
  return word.replaceAll('-', '_');
}
