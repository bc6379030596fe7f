import { operationLink } from './addresses.ts';
import type { TablePanel } from './panel.ts';
import { inRange, quantile, query, share } from './query.ts';
import type { Scope } from './scope.ts';
import { groupColumns } from './state-table.ts';

const byOperation = { operation: '=~"$operation"' };

/** What each operation did in the shown time: how much, how well, how fast. */
export function operationsTable(scope: Scope): TablePanel {
  const by = scope.grouped('operation');
  const of = (outcome: string): string =>
    inRange(scope.of('operations_total', { ...byOperation, outcome }), by);
  const calls = of('!="cancelled"');
  // Series of failures start with the first one: without the zeros some cells would be empty.
  const failed = `(${of('=~"failure|rejected"')} or 0 * ${calls})`;
  const attempts = inRange(scope.of('attempts_total', byOperation), by);
  const latency = (q: number): string =>
    quantile(scope, q, 'operation_duration_seconds', byOperation, { by, over: '$__range' });
  return {
    kind: 'table',
    title: 'Operations',
    description:
      'Calls of each operation in the shown time. Durations include all attempts and waits. Click an operation to open its dashboard.',
    width: 24,
    height: 9,
    unit: 'short',
    noValue: 'no calls',
    queries: [
      query(calls),
      query(failed),
      query(share(failed, calls)),
      query(latency(0.5)),
      query(latency(0.95)),
      query(share(attempts, of('!="rejected"'))),
    ],
    columns: [
      ...groupColumns(scope),
      { field: scope.label('operation'), title: 'Operation', links: [operationLink(scope)] },
      { field: 'Value #A', title: 'Calls', unit: 'short', decimals: 0 },
      { field: 'Value #B', title: 'Failed', unit: 'short', decimals: 0 },
      {
        field: 'Value #C',
        title: 'Error ratio',
        unit: 'percentunit',
        decimals: 1,
        colours: [
          { from: null, colour: 'transparent' },
          { from: 1 - scope.settings.objective, colour: 'orange' },
          { from: Math.min(10 * (1 - scope.settings.objective), 1), colour: 'red' },
        ],
      },
      { field: 'Value #D', title: 'Median', unit: 's', decimals: 2 },
      { field: 'Value #E', title: '95th percentile', unit: 's', decimals: 2 },
      { field: 'Value #F', title: 'Attempts per call', unit: 'short', decimals: 2 },
    ],
    sortBy: 'Error ratio',
  };
}
