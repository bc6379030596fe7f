import type { PanelSpec, RowSpec } from './panel.ts';
import {
  barPanel,
  circuitTimeline,
  codeColours,
  durations,
  linePanel,
  neutral,
  outcomeColours,
  statPanel,
} from './parts.ts';
import { inRange, nonZero, of, partOf, perMinute, query, share } from './query.ts';

const chosen = { operation: '=~"$operation"' };
const failed = { ...chosen, outcome: '=~"failure|rejected"' };
const ended = inRange(of('operations_total', { ...chosen, outcome: '!="cancelled"' }));

const glance: readonly PanelSpec[] = [
  statPanel({
    title: 'Calls',
    description: 'Calls a minute now, each counted once however often it was tried.',
    width: 6,
    unit: 'opm',
    decimals: 1,
    queries: [query(perMinute(of('operations_total', chosen)))],
    colours: neutral,
  }),
  statPanel({
    title: 'Succeeded',
    description: 'Calls that succeeded, of all that were not cancelled, in the shown time.',
    width: 6,
    unit: 'percentunit',
    decimals: 2,
    noValue: 'no calls',
    queries: [
      query(share(inRange(of('operations_total', { ...chosen, outcome: '="success"' })), ended)),
    ],
    colours: [
      { from: null, colour: 'red' },
      { from: 0.9, colour: 'yellow' },
      { from: 0.99, colour: 'green' },
    ],
  }),
  statPanel({
    title: 'Attempts for each call',
    description:
      'How often a call was sent on average in the shown time: 1 when nothing is retried.',
    width: 6,
    unit: 'short',
    decimals: 2,
    noValue: 'no calls',
    queries: [query(share(inRange(of('attempts_total', chosen)), ended))],
    colours: [
      { from: null, colour: 'green' },
      { from: 1.2, colour: 'yellow' },
      { from: 2, colour: 'red' },
    ],
  }),
  statPanel({
    title: 'Mean duration',
    description: 'How long calls took on average in the shown time, with all attempts and waits.',
    width: 6,
    unit: 's',
    noValue: 'no calls',
    queries: [
      query(
        share(
          inRange(partOf('operation_duration_seconds', 'sum', chosen)),
          inRange(partOf('operation_duration_seconds', 'count', chosen)),
        ),
      ),
    ],
    colours: neutral,
  }),
];

const calls: readonly PanelSpec[] = [
  barPanel({
    title: 'Calls a minute by outcome',
    description: 'How calls ended. Rejected: the wrapper did not send them at all.',
    width: 12,
    unit: 'short',
    seriesColours: outcomeColours,
    queries: [
      query(nonZero(perMinute(of('operations_total', chosen), 'outcome')), {
        legend: '{{outcome}}',
      }),
    ],
  }),
  barPanel({
    title: 'Errors a minute by code',
    description: 'Calls that ended with an error after all retries.',
    width: 12,
    unit: 'short',
    seriesColours: codeColours,
    queries: [
      query(nonZero(perMinute(of('operations_total', { ...failed, code: '=~"$code"' }), 'code')), {
        legend: '{{code}}',
      }),
    ],
  }),
  linePanel({
    title: 'Duration of calls',
    description: 'With all attempts and waits. The diamonds carry tracking and trace IDs.',
    width: 24,
    unit: 's',
    queries: durations(chosen),
  }),
];

const attempts: readonly PanelSpec[] = [
  barPanel({
    title: 'Answers a minute by status',
    description: 'Attempts by the HTTP status of their answer; none: there was no answer.',
    width: 12,
    unit: 'short',
    queries: [
      query(nonZero(perMinute(of('attempts_total', chosen), 'status')), { legend: '{{status}}' }),
    ],
  }),
  barPanel({
    title: 'Retries a minute by reason',
    description:
      'Attempts that failed and were tried again, by the code of the failure. The diamonds carry their tracking IDs.',
    width: 12,
    unit: 'short',
    seriesColours: codeColours,
    queries: [
      query(nonZero(perMinute(of('retries_total', chosen), 'reason')), {
        legend: '{{reason}}',
        exemplar: true,
      }),
    ],
  }),
  circuitTimeline({ circuit: '=~"(.+ )?$operation"' }, 24),
];

const codes: readonly PanelSpec[] = [
  {
    kind: 'table',
    title: 'Errors by operation and code',
    description: 'Calls that ended with an error in the shown time.',
    width: 24,
    height: 9,
    unit: 'short',
    queries: [
      query(
        nonZero(
          inRange(of('operations_total', { ...failed, code: '=~"$code"' }), 'operation', 'code'),
        ),
      ),
    ],
    columns: [
      { field: 'operation', title: 'Operation' },
      { field: 'code', title: 'Code' },
      { field: 'Value', title: 'Calls', unit: 'short', decimals: 0 },
    ],
    sortBy: 'Calls',
  },
];

/** One operation, or several, from all sides. */
export const operationDetail: readonly RowSpec[] = [
  { title: 'At a glance', panels: glance },
  { title: 'Calls', panels: calls },
  { title: 'Attempts', panels: attempts },
  { title: 'Errors', panels: codes },
];
