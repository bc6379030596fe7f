import { instrumentTable } from '../../../otel/src/instruments.ts';
import type { MetricSource } from '../../monitoring/index.ts';
import { tableVocabulary, type Vocabulary } from '../../monitoring/vocabulary.ts';
import { translatedName } from './lab/history/otlp-names.ts';

const GROUPS = ['cluster', 'namespace', 'job', 'tenant'];

const PARTS: Readonly<Record<string, readonly string[]>> = {
  _bucket: ['le'],
  _sum: [],
  _count: [],
};

const labelName = (attribute: string): string => attribute.replaceAll('.', '_');

/** The series of OpenTelemetry's metrics after their translation. */
function otlpVocabulary(): Vocabulary {
  return new Map(
    instrumentTable.flatMap((row) => {
      const labels = [...row.attributes.map(labelName), 'instance'];
      if (row.kind !== 'Histogram') return [[translatedName(row), new Set(labels)] as const];
      return Object.entries(PARTS).map(
        ([suffix, more]) =>
          [`${translatedName(row)}${suffix}`, new Set([...labels, ...more])] as const,
      );
    }),
  );
}

const RECORDED: Vocabulary = new Map([
  ...['ALERTS', 'ALERTS_FOR_STATE'].map(
    (name) => [name, new Set(['alertname', 'alertstate'])] as const,
  ),
  ...['defender:faults:delta1m', 'defender:valid:delta1m'].map(
    (name) => [name, new Set<string>()] as const,
  ),
]);

/** Every series that the dashboards of a source may name, each with its labels. */
export function vocabularyOf(source: MetricSource): Vocabulary {
  const metrics = source === 'prom' ? tableVocabulary : otlpVocabulary();
  return new Map(
    [...metrics, ...RECORDED].map(([name, labels]) => [name, new Set([...labels, ...GROUPS])]),
  );
}
