import { metricCodes } from '@defender-resilience/core';
import { seconds } from '../duration.ts';
import { alert } from './alert.ts';
import type { Query } from './query.ts';
import { type AlertingRule, lines, type RecordingRule, type RuleGroup } from './rule.ts';
import { FAULTS } from './state.ts';

const ANSWERED = 'outcome=~"success|failure"';
const PERMISSION = 'class="permission"';

const PERMISSION_CODES = metricCodes
  .filter((row) => row.class === 'permission')
  .map(({ code }) => code)
  .join('|');

/** The calls that were refused because a permission or a feature is missing. */
function refused({ settings }: Query): string {
  return settings.source === 'otlp'
    ? `outcome="failure",${PERMISSION}`
    : `outcome="failure",code=~"${PERMISSION_CODES}"`;
}

/** Sums over days. They change slowly and read much, so they are evaluated less often. */
export function pastGroup(query: Query): RuleGroup {
  const { past, chronicCalls } = query.settings.thresholds;
  return {
    name: 'defender-client-past',
    interval: '3m',
    rules: [
      { record: query.record(`calls:sum${past}`), expr: calls(query, past) },
      { record: query.record(`refused:sum${past}`), expr: refusals(query, past) },
      {
        record: query.record('refused_share:ratio1d'),
        expr: lines(
          `(${refusals(query, '1d')} >= ${chronicCalls})`,
          `/ on (${query.operation}) group_left ()`,
          `(${calls(query, '1d')} > 0)`,
        ),
      },
    ],
  };
}

function calls(query: Query, window: string): string {
  const counted = query.recorded('calls:delta1m', ANSWERED);
  return `sum by (${query.operation}) (sum_over_time(${counted}[${window}]))`;
}

function refusals(query: Query, window: string): string {
  const counted = query.recorded('calls:delta1m', refused(query));
  return `sum by (${query.code}) (sum_over_time(${counted}[${window}]))`;
}

/** The alerts on the refusals and failures of one operation. */
export function accessGroup(query: Query): RuleGroup {
  return {
    name: 'defender-client-access',
    interval: '1m',
    rules: [
      ...shares(query),
      accessLost(query),
      refusalsRising(query),
      refusalsChronic(query),
      unauthorized(query),
      operationFailing(query),
    ],
  };
}

function shares(query: Query): readonly RecordingRule[] {
  const { risingWindow: window, past, settle } = query.settings.thresholds;
  const { operation, code, recorded } = query;
  const [made, refusedCalls] = [recorded(`calls:sum${past}`), recorded(`refused:sum${past}`)];
  const row = recorded('failures_in_row:max', PERMISSION);
  return [
    { record: query.record(`calls:sum${window}`), expr: calls(query, window) },
    { record: query.record(`refused:sum${window}`), expr: refusals(query, window) },
    {
      record: query.record(`usual_share:ratio${past}`),
      expr: `${refusedCalls} offset ${settle} / on (${operation}) group_left () ${made} offset ${settle}`,
    },
    // The usual share without the current row, by Laplace's rule of succession: valid from the first hour, and
    // cautious about operations with few calls.
    {
      record: query.record(`share_before:ratio${past}`),
      expr: lines(
        `(clamp_min(${refusedCalls} - on (${code}) ${row}, 0) + 1)`,
        `/ on (${operation}) group_left ()`,
        `(clamp_min(${made} - on (${operation}) max by (${operation}) (${row}), 0) + 2)`,
      ),
    },
  ];
}

/**
 * The last calls were all refused, the operation worked before, and the usual share makes so many in a row
 * unlikely.
 */
function accessLost(query: Query): AlertingRule {
  const { calls: least, chance, past, worked } = query.settings.thresholds;
  const { operation, code, recorded } = query;
  const row = recorded('failures_in_row:max', PERMISSION);
  const before = recorded(`share_before:ratio${past}`);
  const byChance = `unless on (${code}) ${before} ^ on (${code}) ${row} > ${chance}`;
  return alert(query.settings, {
    name: 'DefenderAccessLost',
    severity: 'accessLost',
    expr: lines(
      `${row} >= ${least}`,
      `and on (${operation}) ${recorded('last_success:timestamp')}`,
      ...(chance < 1 ? [byChance] : []),
    ),
    for: '1m',
    keep: '15m',
    summary: 'Calls that used to work are refused: a permission or a feature was removed.',
    subject: '{{ $labels.operation }}',
    happened:
      'the last {{ $value | printf "%.0f" }} calls all ended with {{ $labels.code }}. ' +
      `It worked within the last ${worked}.`,
    leads: ['operation', 'code'],
  });
}

function refusalsRising(query: Query): AlertingRule {
  const { operation, code, recorded } = query;
  const { thresholds } = query.settings;
  const { risingWindow: window, risingFactor: factor, past, settle } = thresholds;
  const rising = recorded(`refused:sum${window}`);
  const usual = recorded(`usual_share:ratio${past}`);
  return alert(query.settings, {
    name: 'DefenderRefusalsRising',
    severity: 'refusalsRising',
    expr: lines(
      `${rising} / on (${operation}) group_left () ${recorded(`calls:sum${window}`)}`,
      `  > on (${code}) (${factor} * ${usual} or 0 * ${rising}) + ${thresholds.risingShare}`,
      `and on (${code}) ${rising} >= ${thresholds.risingCalls}`,
      `and on (${operation}) ${recorded(`calls:sum${past}`)} offset ${settle} >= ${thresholds.risingPastCalls}`,
    ),
    for: '2m',
    keep: '30m',
    summary: 'More calls than usual are refused.',
    subject: '{{ $labels.operation }}',
    happened:
      `{{ $value | humanizePercentage }} of the calls of the last ${window} ended with ` +
      `{{ $labels.code }}, more than ${factor} times the usual share.`,
    leads: ['operation', 'code'],
  });
}

function refusalsChronic(query: Query): AlertingRule {
  const { operation, code, recorded } = query;
  const { chronicShare: share } = query.settings.thresholds;
  const daily = recorded('refused_share:ratio1d');
  return alert(query.settings, {
    name: 'DefenderRefusalsChronic',
    severity: 'refusalsChronic',
    expr: lines(
      `(${daily} > ${share} and ${daily} offset 1d > ${share})`,
      `or on (${code})`,
      `(${daily} unless on (${operation}) ${recorded('last_success:timestamp')})`,
    ),
    for: '30m',
    keep: '1h',
    summary: 'A share of the calls is refused day after day, or the operation has never worked.',
    subject: '{{ $labels.operation }}',
    happened:
      '{{ $value | humanizePercentage }} of the calls of the last day ended with {{ $labels.code }}. ' +
      'Grant the permission, or stop making the call.',
    leads: ['operation', 'code'],
  });
}

function unauthorized(query: Query): AlertingRule {
  const { calls: least } = query.settings.thresholds;
  const row = query.recorded('failures_in_row:max', 'class="auth"');
  return alert(query.settings, {
    name: 'DefenderUnauthorized',
    severity: 'unauthorized',
    expr: `count by (${query.group}, code) (${row} >= ${least})`,
    for: '1m',
    keep: '10m',
    summary: 'The Defender API does not accept the token.',
    subject: 'Defender calls',
    happened:
      '{{ $value | printf "%.0f" }} operation(s) fail every call with {{ $labels.code }}. ' +
      'An expired secret or certificate is the usual reason.',
    leads: ['code'],
  });
}

function operationFailing(query: Query): AlertingRule {
  const { failingCalls: least, failingFresh } = query.settings.thresholds;
  const { operation, code, recorded } = query;
  const row = recorded('failures_in_row:max', FAULTS);
  const fresh = `${recorded('last_error:timestamp')} > time() - ${seconds(failingFresh)}`;
  return alert(query.settings, {
    name: 'DefenderOperationFailing',
    severity: 'operationFailing',
    expr: `sum by (${operation}) (${row} and on (${code}) ${fresh}) >= ${least}`,
    for: '5m',
    keep: '5m',
    summary: 'All calls of an operation fail.',
    subject: '{{ $labels.operation }}',
    happened: 'the last {{ $value | printf "%.0f" }} calls failed despite retries.',
    leads: ['operation'],
  });
}
