import type { PanelSpec } from './panel.ts';
import { neutral, statPanel } from './parts.ts';
import { inRange, perMinute, quantile, query, share } from './query.ts';
import type { Scope } from './scope.ts';
import { stateTable } from './state-table.ts';

const chosen = { operation: '=~"$operation"' };

/** The state of the chosen operations, and their numbers in the shown time. */
export function operationGlance(scope: Scope): readonly PanelSpec[] {
  const of = (outcome: string): string =>
    inRange(scope.of('operations_total', { ...chosen, outcome }));
  return [
    stateTable(scope, { width: 24, height: 6 }),
    statPanel({
      title: 'Calls',
      description: 'Calls a minute now, each counted once, however many attempts it took.',
      width: 6,
      unit: 'opm',
      decimals: 1,
      noValue: 'no calls',
      queries: [query(perMinute(scope.of('operations_total', chosen)))],
      colours: neutral,
    }),
    statPanel({
      title: 'Succeeded',
      description: 'Calls that succeeded in the shown time, of all that were not cancelled.',
      width: 6,
      unit: 'percentunit',
      decimals: 2,
      noValue: 'no calls',
      queries: [query(share(of('="success"'), of('!="cancelled"')))],
      colours: [
        { from: null, colour: 'red' },
        { from: 0.9, colour: 'orange' },
        { from: scope.settings.objective, colour: 'green' },
      ],
    }),
    statPanel({
      title: 'Attempts per call',
      description:
        'How many times a call was sent on average in the shown time: 1 if nothing is retried. Calls that were rejected without being sent do not count.',
      width: 6,
      unit: 'short',
      decimals: 2,
      noValue: 'no calls',
      queries: [query(share(inRange(scope.of('attempts_total', chosen)), of('!="rejected"')))],
      colours: [
        { from: null, colour: 'green' },
        { from: 1.2, colour: 'orange' },
        { from: 2, colour: 'red' },
      ],
    }),
    statPanel({
      title: '95th percentile of the duration',
      description: 'Of the calls in the shown time, with all attempts and waits.',
      width: 6,
      unit: 's',
      decimals: 2,
      noValue: 'no calls',
      queries: [
        query(quantile(scope, 0.95, 'operation_duration_seconds', chosen, { over: '$__range' })),
      ],
      colours: neutral,
    }),
  ];
}
