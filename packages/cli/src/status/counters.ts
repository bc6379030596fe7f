import type { OperationCount } from './snapshot.ts';

const SAMPLE = /^\w*operations_total\{([^}]*)\} (\d+(?:\.\d+)?(?:e\+?\d+)?)/;
/** The next label. Sticky, so that each starts where the last one ended and a line is read only once. */
const LABEL = /,?(\w+)="((?:[^"\\]|\\.)*)"/gy;

/** Reads the calls of each operation from the text of `/metrics`, with any prefix of the metrics. */
export function readCounters(exposition: string): readonly OperationCount[] {
  const counts = new Map<string, { calls: number; failures: number }>();
  for (const line of exposition.split('\n')) {
    const [, labels, value] = SAMPLE.exec(line) ?? [];
    if (labels === undefined) continue;
    const { operation = 'other', outcome } = labelsIn(labels);
    const count = counts.get(operation) ?? { calls: 0, failures: 0 };
    count.calls += Number(value);
    if (outcome !== 'success') count.failures += Number(value);
    counts.set(operation, count);
  }
  return [...counts].map(([operation, count]) => ({ operation, ...count }));
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value] as const),
  );
}
