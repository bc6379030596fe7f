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

/** The class that a code stands for: the value of a label that the code determines. */
export function classOf(code: string): string {
  return classes.get(code) ?? classes.get(OTHER) ?? OTHER;
}

/** Every value that a label can have before anything has happened; none where names come as they do. */
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

/** Where series are born with a thing that one of their labels names: that label. */
const NAMED_BY: Readonly<Record<ZeroRule['when'], LabelName | undefined>> = {
  start: undefined,
  operation: 'operation',
  quota_group: 'quota_group',
  quota: 'quota_group',
  circuit: 'circuit',
};

/**
 * The series that are born when a thing is first met: for each the values of the metric's labels, in
 * the order of the table.
 *
 * @param met - the value of the label that gave the occasion; undefined at the start.
 */
export function bornSeries(
  { labels, zero }: MetricDefinition,
  when: ZeroRule['when'],
  met?: string,
): readonly (readonly string[])[] {
  if (zero?.when !== when) return [];
  let rows: readonly (readonly string[])[] = [[]];
  labels.forEach((label) => {
    const values =
      label.name === NAMED_BY[when] && met !== undefined ? [met] : zero.only?.[label.name];
    rows = rows.flatMap((row) => {
      const code = row[labels.findIndex(({ name }) => name === label.determinedBy)];
      const next = code === undefined ? (values ?? closedValues(label)) : [classOf(code)];
      return next.map((value) => [...row, value]);
    });
  });
  return rows;
}

/** The names that labels of the table have, and `le`, which histograms add. */
export const tableLabelNames: ReadonlySet<string> = new Set([
  'le',
  ...metrics.flatMap(({ labels }) => labels.map(({ name }) => name)),
]);

/** A word of the observers, such as `half-open`, as a label has it: with underscores. */
export function label(word: string): string {
  return word.replaceAll('-', '_');
}
