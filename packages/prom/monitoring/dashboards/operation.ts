import { operationGlance } from './operation-glance.ts';
import type { PanelSpec, RowSpec, TablePanel } from './panel.ts';
import {
  barPanel,
  circuitTimeline,
  codeColours,
  durations,
  linePanel,
  outcomeColours,
  withTable,
} from './parts.ts';
import { inRange, legendOf, nonZero, perMinute, quantile, query } from './query.ts';
import type { Scope } from './scope.ts';
import { groupColumns } from './state-table.ts';
import { FAILURES, operationTrackingTable, trackingText } from './tracking-ids.ts';

const chosen = { operation: '=~"$operation"' };
const failed = { ...chosen, outcome: '=~"failure|rejected"' };

function calls(scope: Scope): readonly PanelSpec[] {
  return [
    withTable(
      barPanel({
        title: 'Calls a minute by outcome',
        description: 'How calls ended. Rejected: the wrapper did not send them at all.',
        width: 12,
        unit: 'short',
        noValue: 'no calls',
        seriesColours: outcomeColours,
        queries: [
          query(nonZero(perMinute(scope.of('operations_total', chosen), scope.label('outcome'))), {
            legend: legendOf(scope, 'outcome'),
          }),
        ],
      }),
    ),
    withTable(
      barPanel({
        title: 'Errors a minute by code',
        description: 'Calls that ended with an error after all retries.',
        width: 12,
        unit: 'short',
        noValue: 'no errors',
        seriesColours: codeColours,
        runbooks: ['DefenderAccessLost', 'DefenderOperationFailing'],
        queries: [
          query(
            nonZero(
              perMinute(
                scope.of('operations_total', { ...failed, code: '=~"$code"' }),
                scope.label('code'),
              ),
            ),
            { legend: legendOf(scope, 'code') },
          ),
        ],
      }),
    ),
    withTable(
      linePanel({
        title: 'Duration of calls',
        description: 'With all attempts and waits.',
        width: 24,
        unit: 's',
        noValue: 'no calls',
        queries: durations(scope, chosen),
      }),
    ),
  ];
}

/** The failed calls by how long they took, whose exemplars the table below lists. */
function failures(scope: Scope): readonly PanelSpec[] {
  if (scope.settings.source === 'otlp') return [{ ...trackingText(scope, 24), height: 6 }];
  return [
    {
      ...linePanel({
        title: 'Duration of failed calls',
        description:
          'The 95th percentile of failed calls. Each diamond is one of them: point at it for its tracking ID and trace.',
        width: 24,
        unit: 's',
        noValue: 'no failed calls',
        queries: [
          query(quantile(scope, 0.95, 'operation_duration_seconds', failed), {
            legend: '95th percentile',
            exemplar: true,
          }),
        ],
      }),
      key: FAILURES,
      height: 6,
    },
    operationTrackingTable(scope, 17),
    trackingText(scope, 7),
  ];
}

function attempts(scope: Scope): readonly PanelSpec[] {
  const reason = scope.label('reason');
  return [
    withTable(
      barPanel({
        title: 'Answers a minute by status',
        description: 'Attempts by the HTTP status of their response; none: there was no response.',
        width: 12,
        unit: 'short',
        noValue: 'no attempts',
        runbooks: ['DefenderServerErrors', 'DefenderThrottled'],
        queries: [
          query(nonZero(perMinute(scope.of('attempts_total', chosen), scope.label('status'))), {
            legend: legendOf(scope, 'status'),
          }),
        ],
      }),
    ),
    withTable(
      barPanel({
        title: 'Retries a minute by reason',
        description: 'Attempts that failed and were retried, by the code of the failure.',
        width: 12,
        unit: 'short',
        noValue: 'no retries',
        seriesColours: codeColours,
        queries: [
          query(nonZero(perMinute(scope.of('retries_total', chosen), reason)), {
            legend: `{{${reason}}}`,
          }),
        ],
      }),
    ),
    circuitTimeline(scope, 24),
  ];
}

function codes(scope: Scope): TablePanel {
  const by = scope.grouped('operation', 'code');
  const code = { code: '=~"$code"' };
  const count = inRange(scope.of('operations_total', { ...failed, ...code }), by);
  const lastSeen = scope.of('last_error_timestamp_seconds', { ...chosen, ...code });
  return {
    kind: 'table',
    title: 'Errors by operation and code',
    description:
      'Calls that ended with an error in the shown time, and when each code last occurred.',
    width: 24,
    height: 6,
    unit: 'short',
    noValue: 'no errors',
    queries: [query(nonZero(count)), query(`1000 * max by (${by}) (${lastSeen}) and ${count} > 0`)],
    columns: [
      ...groupColumns(scope),
      { field: scope.label('operation'), title: 'Operation' },
      { field: scope.label('code'), title: 'Code' },
      { field: 'Value #A', title: 'Calls', unit: 'short', decimals: 0 },
      { field: 'Value #B', title: 'Last seen', unit: 'dateTimeFromNow' },
    ],
    sortBy: 'Calls',
  };
}

/** One operation, or several, from all sides. */
export function operationDetail(scope: Scope): readonly RowSpec[] {
  return [
    { title: 'Now', panels: operationGlance(scope) },
    { title: 'Calls', panels: calls(scope) },
    { title: 'Errors and their tracking IDs', panels: [codes(scope), ...failures(scope)] },
    { title: 'Attempts', panels: attempts(scope) },
  ];
}
