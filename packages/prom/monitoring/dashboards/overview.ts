import { DASHBOARD_UIDS } from '../links.ts';
import { thresholds } from '../thresholds.ts';
import { errors } from './overview-errors.ts';
import { quotas } from './overview-quotas.ts';
import { latency, retries } from './overview-traffic.ts';
import type { PanelSpec, RowSpec } from './panel.ts';
import { anyIsBad, barPanel, circuitTimeline, neutral, statPanel } from './parts.ts';
import { inRange, nonZero, of, perMinute, query, share } from './query.ts';

const CALLER_FAULTS = '"input|not_found|conflict"';

const byOperation = { operation: '=~"$operation"' };

const faults = inRange(of('errors_total', { class: `!~${CALLER_FAULTS}` }));
const callerFaults = inRange(of('errors_total', { class: `=~${CALLER_FAULTS}` }));
const ended = inRange(of('operations_total', { outcome: '!="cancelled"' }));

const glance: readonly PanelSpec[] = [
  statPanel({
    title: 'Success ratio',
    description:
      'Valid calls that succeeded, retries included. Calls that the caller got wrong (bad input, not found, conflict) and cancelled calls do not count. What the error budget alerts measure.',
    width: 4,
    unit: 'percentunit',
    decimals: 2,
    noValue: 'no calls',
    queries: [query(`1 - ${share(faults, `(${ended} - ${callerFaults})`)}`)],
    colours: [
      { from: null, colour: 'red' },
      { from: thresholds.objective.success, colour: 'green' },
    ],
  }),
  statPanel({
    title: 'Calls',
    description: 'Calls a minute now, each counted once however often it was tried.',
    width: 4,
    unit: 'opm',
    decimals: 1,
    queries: [query(perMinute(of('operations_total')))],
    colours: neutral,
  }),
  statPanel({
    title: 'Forbidden',
    description: 'Calls that ended with Forbidden in the shown time: the token lacks a permission.',
    width: 4,
    unit: 'short',
    decimals: 0,
    queries: [query(inRange(of('errors_total', { code: '="Forbidden"' })))],
    colours: anyIsBad,
  }),
  statPanel({
    title: 'DisabledFeature',
    description:
      'Calls that ended with DisabledFeature in the shown time: a feature of the tenant is not enabled.',
    width: 4,
    unit: 'short',
    decimals: 0,
    queries: [query(inRange(of('errors_total', { code: '="DisabledFeature"' })))],
    colours: anyIsBad,
  }),
  statPanel({
    title: 'Circuits not closed',
    description: 'Circuits that are open or half-open now.',
    width: 4,
    unit: 'short',
    decimals: 0,
    queries: [
      query(
        `count(min by (circuit) (${of('circuit_state', { state: '="closed"' })}) == 0) or vector(0)`,
      ),
    ],
    colours: anyIsBad,
  }),
  statPanel({
    title: 'Calls held back',
    description: 'Calls that wait now, for a pause that the service asked for or for their quota.',
    width: 4,
    unit: 'short',
    decimals: 0,
    queries: [query(`sum(${of('queue_length')})`)],
    colours: [
      { from: null, colour: 'green' },
      { from: 1, colour: 'yellow' },
    ],
  }),
];

const circuits: readonly PanelSpec[] = [
  circuitTimeline({}, 16),
  barPanel({
    title: 'Changes of circuits a minute',
    description: 'How often circuits changed their state.',
    width: 8,
    unit: 'short',
    seriesColours: { 'to closed': 'green', 'to half_open': 'yellow', 'to open': 'red' },
    queries: [
      query(nonZero(perMinute(of('circuit_transitions_total'), 'to')), { legend: 'to {{to}}' }),
    ],
  }),
];

const callsByOperation = inRange(of('operations_total', byOperation), 'operation');
const failuresByOperation = inRange(
  of('operations_total', { ...byOperation, outcome: '=~"failure|rejected"' }),
  'operation',
);

const operations: readonly PanelSpec[] = [
  {
    kind: 'table',
    title: 'Operations',
    description: 'Calls of each operation in the shown time. An operation leads to its own board.',
    width: 24,
    height: 9,
    unit: 'short',
    queries: [
      query(callsByOperation),
      // Series of failures start with the first one: without the zeros some cells would be empty.
      query(`${failuresByOperation} or 0 * ${callsByOperation}`),
      query(inRange(of('retries_total', byOperation), 'operation')),
    ],
    columns: [
      {
        field: 'operation',
        title: 'Operation',
        link: {
          title: 'Show this operation',
          url: `/d/${DASHBOARD_UIDS.operation}?\${datasource:queryparam}&\${job:queryparam}&\${instance:queryparam}&var-operation=\${__value.raw}&\${__url_time_range}`,
        },
      },
      { field: 'Value #A', title: 'Calls', unit: 'short', decimals: 0 },
      { field: 'Value #B', title: 'Failed', unit: 'short', decimals: 0 },
      { field: 'Value #C', title: 'Retries', unit: 'short', decimals: 0 },
    ],
    sortBy: 'Calls',
  },
];

/** Everything that one looks at first. */
export const overview: readonly RowSpec[] = [
  { title: 'At a glance', panels: glance },
  { title: 'Errors', panels: errors },
  { title: 'Latency', panels: latency },
  { title: 'Retries and throttling', panels: retries },
  { title: 'Quotas', panels: quotas },
  { title: 'Circuits', panels: circuits },
  { title: 'Operations', panels: operations },
];
