import { budgetLeft } from './budget.ts';
import type { PanelSpec } from './panel.ts';
import { anyIsBad, neutral, statPanel } from './parts.ts';
import { inRange, perMinute, query } from './query.ts';
import type { Scope } from './scope.ts';
import { alertTable, failingOperations, stateTable } from './state-table.ts';

const FAULTS = '=~"server|transport|throttle|local"';
const NOT_VALID = '=~"input|not_found|conflict|permission|auth"';

const REFUSED = '=~"permission|auth"';

const WIDTH = 3;

/** What is wrong now: what a night shift looks at first. */
export function now(scope: Scope): readonly PanelSpec[] {
  return [
    ...trouble(scope),
    ...traffic(scope),
    stateTable(scope, { width: 24, height: 8 }),
    alertTable(scope, { width: 24, height: 6 }),
  ];
}

function trouble(scope: Scope): readonly PanelSpec[] {
  const faults = inRange(scope.of('errors_total', { class: FAULTS }));
  const notValid = inRange(scope.of('errors_total', { class: NOT_VALID }));
  const ended = inRange(scope.of('operations_total', { outcome: '!="cancelled"' }));
  return [
    statPanel({
      title: 'Alerts',
      description:
        'Alerts of the Defender client that fire now. Needs the alert rules of this package.',
      width: WIDTH,
      unit: 'short',
      decimals: 0,
      queries: [query(`count(${scope.alerts('ALERTS', 'alertstate="firing"')}) or vector(0)`)],
      colours: anyIsBad,
    }),
    statPanel({
      title: 'Failing operations',
      description:
        'Operations whose last call failed for reasons other than an error of the caller. The table below names them.',
      width: WIDTH,
      unit: 'short',
      decimals: 0,
      queries: [query(failingOperations(scope))],
      colours: anyIsBad,
    }),
    statPanel({
      title: 'Circuits not closed',
      description: 'Circuits that are open or half-open now.',
      width: WIDTH,
      unit: 'short',
      decimals: 0,
      queries: [query(circuitsNotClosed(scope))],
      colours: anyIsBad,
      runbooks: ['DefenderCircuitOpen'],
    }),
    budgetLeft(scope),
    statPanel({
      title: 'Success ratio',
      description:
        'Valid calls that succeeded in the shown time, retries included. Errors of the caller, refused permissions and cancelled calls are not valid calls.',
      width: WIDTH,
      unit: 'percentunit',
      decimals: 2,
      noValue: 'no calls',
      queries: [
        query(`1 - (${faults} or vector(0)) / ((${ended} - (${notValid} or vector(0))) > 0)`),
      ],
      colours: [
        { from: null, colour: 'red' },
        { from: scope.settings.objective, colour: 'green' },
      ],
      runbooks: ['DefenderErrorBudgetBurn'],
    }),
  ];
}

function circuitsNotClosed(scope: Scope): string {
  const closed = scope.of('circuit_state', { state: '="closed"' });
  return `count(min by (${scope.grouped('circuit')}) (${closed}) == 0) or vector(0)`;
}

function traffic(scope: Scope): readonly PanelSpec[] {
  const waiting = scope.has('queue_length') ? 'queue_length' : 'quota_waiting';
  return [
    statPanel({
      title: 'Calls',
      description: 'Calls a minute now, each counted once, however many attempts it took.',
      width: WIDTH,
      unit: 'opm',
      decimals: 1,
      noValue: 'no calls',
      queries: [query(perMinute(scope.of('operations_total')))],
      colours: neutral,
    }),
    statPanel({
      title: 'Refused calls',
      description:
        'Calls in the shown time that ended because the token lacks a permission, a feature is not enabled, or the token is not accepted. They are not valid calls, so the success ratio ignores them.',
      width: WIDTH,
      unit: 'short',
      decimals: 0,
      queries: [query(`${inRange(scope.of('errors_total', { class: REFUSED }))} or vector(0)`)],
      colours: anyIsBad,
      runbooks: ['DefenderAccessLost', 'DefenderUnauthorized'],
    }),
    statPanel({
      title: 'Calls held back',
      description: 'Calls that wait now for a pause requested by the service, or for their quota.',
      width: WIDTH,
      unit: 'short',
      decimals: 0,
      queries: [query(`sum(${scope.of(waiting)})`)],
      colours: [
        { from: null, colour: 'green' },
        { from: 1, colour: 'orange' },
      ],
      runbooks: ['DefenderThrottled'],
    }),
  ];
}
