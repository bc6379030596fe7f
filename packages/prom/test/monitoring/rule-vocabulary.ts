import { labelOf, type QueryLabel } from '../../monitoring/labels.ts';
import type { MetricSource } from '../../monitoring/options.ts';
import { tableVocabulary, type Vocabulary } from '../../monitoring/vocabulary.ts';

const GROUP = ['cluster', 'namespace', 'job', 'tenant'];
const OWN = ['operation', 'outcome', 'code', 'class', 'status', 'circuit'];
const RECORDED =
  'calls:delta1m errors:delta1m attempts:delta1m faults:delta1m valid:delta1m last_success:timestamp ' +
  'last_error:timestamp failures_in_row:max circuit_closed:min processes:count steady:count calls:sum3d ' +
  'refused:sum3d refused_share:ratio1d calls:sum30m refused:sum30m usual_share:ratio3d share_before:ratio3d';

const labelsFrom = (source: MetricSource, labels: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([
    ...[...labels].map((label) =>
      label === 'job' || label === 'instance' ? label : labelOf(source, label as QueryLabel),
    ),
    ...GROUP,
    ...(source === 'otlp' ? ['defender_error_class', ...OWN] : []),
  ]);

/** What rules may name: the series of the metric table, and those that rules record. */
export function vocabularyOf(source: MetricSource): Vocabulary {
  return new Map([
    ...[...tableVocabulary].map(([name, labels]) => [name, labelsFrom(source, labels)] as const),
    ...RECORDED.split(' ').map(
      (name) => [`defender:${name}`, new Set([...GROUP, ...OWN])] as const,
    ),
  ]);
}
