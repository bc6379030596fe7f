import { cell, operationLink } from './addresses.ts';
import type { Column, TablePanel } from './panel.ts';
import { query } from './query.ts';
import type { Scope } from './scope.ts';

/** Errors of the caller say nothing about the state of an operation. */
const NOT_THE_CALLERS = { class: '!~"input|not_found|conflict"' };

const byOperation = { operation: '=~"$operation"' };

/** A column for each grouping label, the closest first; those that no series has do not appear. */
export function groupColumns(scope: Scope): readonly Column[] {
  const { groupBy } = scope.settings;
  return groupBy.toReversed().map((field) => ({
    field,
    title: `${field.charAt(0).toUpperCase()}${field.slice(1)}`,
  }));
}

/** Operations whose last calls failed, by code: how many of them since the last success. */
function failing(scope: Scope): string {
  const series = scope.of('failures_since_success', { ...byOperation, ...NOT_THE_CALLERS });
  return `max by (${scope.grouped('operation', 'code')}) (${series}) > 0`;
}

/** How many operations fail. */
export function failingOperations(scope: Scope): string {
  return `count(count by (${scope.grouped('operation')}) (${failing(scope)})) or vector(0)`;
}

/** Since when an operation has worked or failed, and with what. */
export function stateTable(scope: Scope, size: { width: number; height: number }): TablePanel {
  const perOperation = scope.grouped('operation');
  const lastSuccess = `max by (${perOperation}) (${scope.of('last_success_timestamp_seconds', byOperation)})`;
  const lastError = `max by (${scope.grouped('operation', 'code')}) (${scope.of(
    'last_error_timestamp_seconds',
    { ...byOperation, ...NOT_THE_CALLERS },
  )})`;
  // A row for each code that an operation fails with, or one without a code where it works.
  const rows = `(${failing(scope)} or on (${perOperation}) 0 * ${lastSuccess})`;
  return {
    kind: 'table',
    title: 'State of each operation',
    description:
      'How many calls have failed since one last succeeded, and with which code. Errors of the caller (bad input, not found, conflict) do not count. Click an operation to open its dashboard.',
    ...size,
    unit: 'short',
    noValue: 'No call so far',
    runbooks: ['DefenderAccessLost', 'DefenderOperationFailing', 'DefenderUnauthorized'],
    queries: [
      query(rows),
      query(`0 * ${rows} + on (${perOperation}) group_left () (1000 * ${lastSuccess})`),
      query(`1000 * ${lastError} and ${failing(scope)}`),
    ],
    columns: [
      {
        field: 'Value #A',
        title: 'Failures in a row',
        unit: 'short',
        decimals: 0,
        width: 125,
        texts: { '0': { text: 'works' } },
        colours: [
          { from: null, colour: 'green' },
          { from: 1, colour: 'orange' },
          { from: 2, colour: 'red' },
        ],
      },
      ...groupColumns(scope),
      { field: scope.label('operation'), title: 'Operation', links: [operationLink(scope)] },
      { field: scope.label('code'), title: 'Code' },
      {
        field: 'Value #B',
        title: 'Last success',
        unit: 'dateTimeFromNow',
        width: 130,
        texts: { '0': { text: 'never' } },
      },
      { field: 'Value #C', title: 'Last error', unit: 'dateTimeFromNow', width: 130 },
    ],
    sortBy: 'Failures in a row',
  };
}

/** The alerts that fire, each with its runbook. */
export function alertTable(scope: Scope, size: { width: number; height: number }): TablePanel {
  const { runbooks } = scope.settings;
  const firing = scope.alerts('ALERTS', 'alertstate="firing"');
  return {
    kind: 'table',
    title: 'Alerts',
    description: 'The alerts that fire, the newest first. Needs the alert rules of this package.',
    ...size,
    unit: 'short',
    noValue: 'No alert fires',
    queries: [
      query(`1000 * ${scope.alerts('ALERTS_FOR_STATE')} and ignoring (alertstate) ${firing}`),
    ],
    columns: [
      {
        field: 'alertname',
        title: 'Alert',
        width: 235,
        links:
          runbooks === ''
            ? []
            : [
                {
                  title: 'Open the runbook',
                  url: `${runbooks}/${cell('alertname')}`,
                  newTab: true,
                },
              ],
      },
      {
        field: 'severity',
        title: 'Severity',
        width: 75,
        texts: {
          critical: { text: 'critical', colour: 'red' },
          warning: { text: 'warning', colour: 'orange' },
          info: { text: 'info', colour: 'blue' },
        },
        colours: [{ from: null, colour: 'transparent' }],
      },
      { field: 'Value', title: 'Since', unit: 'dateTimeFromNow', width: 130 },
      { field: 'operation', title: 'Operation' },
      { field: 'code', title: 'Code' },
      ...groupColumns(scope),
    ],
    sortBy: 'Since',
  };
}
