import { type InstrumentRow, instrumentTable } from '../../../../../otel/src/instruments.ts';
import type { CollectedMetric } from '../../../../../otel/test/support/sdks.ts';
import type { Labels, Sample } from './sample.ts';

/** The value of a point of a histogram, as the SDK collects it. */
interface HistogramValue {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] };
  readonly sum: number;
  readonly count: number;
}

const UNITS: Readonly<Record<string, string>> = { s: 'seconds' };

const labelName = (attribute: string): string => attribute.replaceAll(/[^a-zA-Z0-9_]/g, '_');

/** A metric's name by the rules of prometheus/otlptranslator. */
export function translatedName({ name, unit, kind }: InstrumentRow): string {
  const words = name.split(/[^a-zA-Z0-9]+/);
  const word = UNITS[unit];
  if (word !== undefined && !words.includes(word)) words.push(word);
  const isCounter = kind === 'Counter' || kind === 'ObservableCounter';
  return [...words, ...(isCounter ? ['total'] : [])].join('_');
}

function histogram(name: string, labels: Labels, value: HistogramValue): Sample[] {
  let sum = 0;
  const buckets = value.buckets.counts.map((count, index) => {
    sum += count;
    const le = String(value.buckets.boundaries[index] ?? '+Inf');
    return { labels: { ...labels, __name__: `${name}_bucket`, le }, value: sum };
  });
  return [
    ...buckets,
    { labels: { ...labels, __name__: `${name}_sum` }, value: value.sum },
    { labels: { ...labels, __name__: `${name}_count` }, value: value.count },
  ];
}

/**
 * What Prometheus's OTLP receiver and the collector's exporters make of metrics: the rules of
 * prometheus/otlptranslator for names, `_` for every character that a label cannot have.
 */
export function translated(metrics: readonly CollectedMetric[]): readonly Sample[] {
  return metrics.flatMap(({ descriptor, dataPoints }) => {
    const row = instrumentTable.find(({ name }) => name === descriptor.name);
    if (row === undefined) throw new Error(`Not in the table: ${descriptor.name}`);
    const name = translatedName(row);
    return dataPoints.flatMap(({ attributes, value }): Sample[] => {
      const labels = Object.fromEntries(
        Object.entries(attributes).map(([key, attribute]) => [labelName(key), String(attribute)]),
      );
      return typeof value === 'number'
        ? [{ labels: { ...labels, __name__: name }, value }]
        : histogram(name, labels, value as HistogramValue);
    });
  });
}
