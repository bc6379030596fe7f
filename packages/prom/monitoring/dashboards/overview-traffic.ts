import type { PanelSpec } from './panel.ts';
import { barPanel, codeColours, durations, linePanel, withTable } from './parts.ts';
import { groupLegend, legendOf, nonZero, perMinute, quantile, query } from './query.ts';
import type { Scope } from './scope.ts';

const byOperation = { operation: '=~"$operation"' };

/** The codes that mean that something is not permitted or not enabled. */
const REFUSED = '"permission|auth"';

/** Which codes, how often, and whose calls. */
export function errors(scope: Scope): readonly PanelSpec[] {
  const byCode = scope.of('errors_total', { code: '=~"$code"' });
  return [
    withTable(
      barPanel({
        title: 'Errors a minute by code',
        description: 'Calls that ended with an error after all retries.',
        width: 12,
        unit: 'short',
        noValue: 'no errors',
        seriesColours: codeColours,
        queries: [
          query(nonZero(perMinute(byCode, scope.label('code'))), {
            legend: legendOf(scope, 'code'),
          }),
        ],
      }),
    ),
    withTable(
      barPanel({
        title: 'Refused calls a minute',
        description:
          'Calls that ended because the token lacks a permission, a feature is not enabled, or the token is not accepted, by whose calls they are.',
        width: 12,
        unit: 'short',
        noValue: 'no refused calls',
        runbooks: ['DefenderAccessLost', 'DefenderRefusalsRising', 'DefenderUnauthorized'],
        queries: [
          query(
            nonZero(
              perMinute(scope.of('errors_total', { class: `=~${REFUSED}` }), scope.grouped('code')),
            ),
            { legend: `${legendOf(scope, 'code')} ${groupLegend(scope)}` },
          ),
        ],
      }),
    ),
  ];
}

/** How long calls and their attempts take. */
export function latency(scope: Scope): readonly PanelSpec[] {
  const hasAttempts = scope.has('attempt_duration_seconds');
  const calls = linePanel({
    title: 'Duration of calls',
    description: hasAttempts
      ? 'With all attempts and waits, for the chosen operations. The diamonds carry tracking and trace IDs.'
      : 'With all attempts and waits, for the chosen operations.',
    width: hasAttempts ? 12 : 24,
    unit: 's',
    noValue: 'no calls',
    queries: durations(scope, byOperation),
  });
  if (!hasAttempts) return [withTable(calls)];
  return [
    calls,
    linePanel({
      title: 'Duration of attempts',
      description:
        'The 95th percentile of single attempts until the response headers arrived, by the class of the status: the service’s own speed.',
      width: 12,
      unit: 's',
      noValue: 'no calls',
      queries: [
        query(quantile(scope, 0.95, 'attempt_duration_seconds', {}, { by: 'status_class' }), {
          legend: '{{status_class}}',
        }),
      ],
    }),
  ];
}

/** What is tried again, given up, rejected and held back. */
export function retries(scope: Scope): readonly PanelSpec[] {
  const hasWaits = scope.has('retry_wait_seconds_total');
  return [
    retriesByReason(scope),
    throttled(scope),
    rejected(scope),
    ...(hasWaits ? [givenUp(scope), waits(scope)] : []),
    linePanel({
      title: 'Calls in flight',
      description: hasWaits
        ? 'Calls that have begun and not ended, and those of them that are held back.'
        : 'Calls that have begun and not ended.',
      width: hasWaits ? 8 : 24,
      unit: 'short',
      noValue: 'no calls',
      queries: [
        query(`sum(${scope.of('operations_in_flight')})`, { legend: 'in flight' }),
        ...(hasWaits ? [query(`sum(${scope.of('queue_length')})`, { legend: 'held back' })] : []),
      ],
    }),
  ];
}

function retriesByReason(scope: Scope): PanelSpec {
  const reason = scope.label('reason');
  return barPanel({
    title: 'Retries a minute by reason',
    description: 'Attempts that failed and were retried, by the code of the failure.',
    width: 8,
    unit: 'short',
    noValue: 'no retries',
    seriesColours: codeColours,
    runbooks: ['DefenderServerErrors'],
    queries: [
      query(nonZero(perMinute(scope.of('retries_total', byOperation), reason)), {
        legend: `{{${reason}}}`,
      }),
    ],
  });
}

function throttled(scope: Scope): PanelSpec {
  return barPanel({
    title: 'Throttled attempts a minute',
    description: 'Attempts that were answered 429, by operation.',
    width: 8,
    unit: 'short',
    noValue: 'no 429',
    runbooks: ['DefenderThrottled'],
    queries: [
      query(
        nonZero(
          perMinute(
            scope.of('attempts_total', { ...byOperation, status: '="429"' }),
            scope.label('operation'),
          ),
        ),
        { legend: legendOf(scope, 'operation') },
      ),
    ],
  });
}

function rejected(scope: Scope): PanelSpec {
  return barPanel({
    title: 'Rejected calls a minute',
    description:
      'Calls that were not sent at all, by operation and reason: an open circuit, a full queue, a wait that is too long.',
    width: 8,
    unit: 'short',
    noValue: 'no rejected calls',
    runbooks: ['DefenderCircuitOpen'],
    queries: [
      query(
        nonZero(
          perMinute(
            scope.of('operations_total', { ...byOperation, outcome: '="rejected"' }),
            `${scope.label('operation')}, ${scope.label('code')}`,
          ),
        ),
        { legend: `${legendOf(scope, 'operation')} ${legendOf(scope, 'code')}` },
      ),
    ],
  });
}

function givenUp(scope: Scope): PanelSpec {
  return barPanel({
    title: 'Why calls were given up',
    description:
      'Calls that ended with an error, by why they were not retried. Terminal: a retry would not have helped.',
    width: 8,
    unit: 'short',
    noValue: 'no errors',
    queries: [
      query(nonZero(perMinute(scope.of('give_ups_total'), 'reason')), { legend: '{{reason}}' }),
    ],
  });
}

function waits(scope: Scope): PanelSpec {
  return barPanel({
    title: 'Waiting time in each minute',
    description:
      'Seconds that calls wait before a retry, by the source of the wait, and for a pause or a full quota, by quota group.',
    width: 8,
    unit: 's',
    noValue: 'no waits',
    queries: [
      query(nonZero(perMinute(scope.of('retry_wait_seconds_total'), 'source')), {
        legend: '{{source}}',
      }),
      query(nonZero(perMinute(scope.of('throttle_wait_seconds_total'), 'quota_group, reason')), {
        legend: '{{reason}} of {{quota_group}}',
      }),
    ],
  });
}
