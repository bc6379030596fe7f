import { DEFAULT_PREFIX, type MetricDefinition, type MetricName } from '../src/definition.ts';
import { metric, metrics } from '../src/metrics.ts';

/** The series that a query may name, each with its labels. */
export type Vocabulary = ReadonlyMap<string, ReadonlySet<string>>;

/** The series that a histogram consists of. */
export type HistogramPart = 'bucket' | 'sum' | 'count';

/** What Prometheus adds to every series that it scrapes. */
const TARGET_LABELS = ['job', 'instance'];

const PARTS: readonly HistogramPart[] = ['bucket', 'sum', 'count'];

/** The full name of a counter or gauge, or of one part of a histogram. */
export function series(name: MetricName, part?: HistogramPart): string {
  const isHistogram = metric(name).type === 'histogram';
  if (isHistogram !== (part !== undefined)) {
    throw new TypeError(`${name} is ${isHistogram ? 'a' : 'no'} histogram`);
  }
  return `${DEFAULT_PREFIX}${name}${part === undefined ? '' : `_${part}`}`;
}

function seriesOf(row: MetricDefinition): readonly (readonly [string, ReadonlySet<string>])[] {
  const labels = [...row.labels.map(({ name }) => name), ...TARGET_LABELS];
  if (row.type !== 'histogram') return [[series(row.name), new Set(labels)]];
  return PARTS.map((part) => [
    series(row.name, part),
    new Set(part === 'bucket' ? [...labels, 'le'] : labels),
  ]);
}

/** Every series of the metric table. */
export const tableVocabulary: Vocabulary = new Map(metrics.flatMap(seriesOf));
