import { describe, expect, it } from 'vitest';
import { metrics as prometheusMetrics } from '../../prom/src/metrics.ts';
import { type InstrumentRow, instrumentTable } from '../src/instruments.ts';

/** The units of the instruments that have a word in Prometheus. Annotations in braces have none. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds' };

/**
 * The name of a metric after its translation from OTLP, by the rules of prometheus/otlptranslator, which
 * Prometheus and the OpenTelemetry collector use: what is not a letter, a digit or `_` becomes `_`; the
 * unit is appended unless the name has it; a gauge with the unit `1` gets `_ratio`; a monotonic counter
 * ends with `_total`.
 */
function translated({ name, kind, unit }: InstrumentRow): string {
  const words = name.split(/[^a-zA-Z0-9]+/);
  const word = UNITS[unit];
  if (word !== undefined && !words.includes(word)) words.push(word);
  if (unit === '1' && kind === 'ObservableGauge') words.push('ratio');
  if (kind !== 'Counter' && kind !== 'ObservableCounter') return words.join('_');
  return [...words.filter((each) => each !== 'total'), 'total'].join('_');
}

const TYPES: Readonly<Record<InstrumentRow['kind'], string>> = {
  Histogram: 'histogram',
  Counter: 'counter',
  ObservableCounter: 'counter',
  // A sum that is not monotonic becomes a gauge.
  ObservableUpDownCounter: 'gauge',
  ObservableGauge: 'gauge',
};

describe('the names of the metrics, translated from OTLP', () => {
  it.each(instrumentTable)('of $name are those of promObserver', (row) => {
    const own = prometheusMetrics.find(({ name }) => `defender_client_${name}` === translated(row));
    expect(own?.name, translated(row)).toBeDefined();
    expect(own?.type).toBe(TYPES[row.kind]);
  });

  it('have a unit with a word or an annotation, so that nothing is appended by surprise', () => {
    for (const { unit } of instrumentTable) expect(unit).toMatch(/^(s|\{[a-z]+\})$/);
  });
});
