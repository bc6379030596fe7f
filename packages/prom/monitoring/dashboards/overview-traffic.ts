import type { PanelSpec } from './panel.ts';
import { barPanel, codeColours, durations, linePanel } from './parts.ts';
import { nonZero, of, perMinute, quantile, query } from './query.ts';

const byOperation = { operation: '=~"$operation"' };

/** How long calls and their attempts take. */
export const latency: readonly PanelSpec[] = [
  linePanel({
    title: 'Duration of calls',
    description:
      'With all attempts and waits, for the chosen operations. The diamonds carry tracking and trace IDs.',
    width: 12,
    unit: 's',
    queries: durations(byOperation),
  }),
  linePanel({
    title: 'Duration of attempts',
    description:
      'The 95th percentile of single attempts until the headers of their answer were there, by the class of its status: the service’s own speed.',
    width: 12,
    unit: 's',
    queries: [
      query(quantile(0.95, 'attempt_duration_seconds', {}, 'status_class'), {
        legend: '{{status_class}}',
        exemplar: true,
      }),
    ],
  }),
];

/** What is tried again, given up, refused and held back. */
export const retries: readonly PanelSpec[] = [
  barPanel({
    title: 'Retries a minute by reason',
    description: 'Attempts that failed and were tried again, by the code of the failure.',
    width: 8,
    unit: 'short',
    seriesColours: codeColours,
    queries: [
      query(nonZero(perMinute(of('retries_total', byOperation), 'reason')), {
        legend: '{{reason}}',
        exemplar: true,
      }),
    ],
  }),
  barPanel({
    title: 'Why calls were given up',
    description:
      'Calls that ended with an error, by why they were not tried again. Terminal: another try would not have helped.',
    width: 8,
    unit: 'short',
    queries: [query(nonZero(perMinute(of('give_ups_total'), 'reason')), { legend: '{{reason}}' })],
  }),
  barPanel({
    title: 'Calls refused by the wrapper',
    description: 'Calls that were not sent at all, by what held them back.',
    width: 8,
    unit: 'short',
    queries: [
      query(nonZero(perMinute(of('rejections_total'), 'reason')), { legend: '{{reason}}' }),
    ],
  }),
  barPanel({
    title: 'Throttled attempts a minute',
    description: 'Attempts that were answered 429, by operation.',
    width: 8,
    unit: 'short',
    queries: [
      query(
        nonZero(perMinute(of('attempts_total', { ...byOperation, status: '="429"' }), 'operation')),
        { legend: '{{operation}}' },
      ),
    ],
  }),
  barPanel({
    title: 'Waiting time in each minute',
    description:
      'Seconds that calls wait before a retry, by the source of the wait, and for a pause or a full quota, by quota group.',
    width: 8,
    unit: 's',
    queries: [
      query(nonZero(perMinute(of('retry_wait_seconds_total'), 'source')), { legend: '{{source}}' }),
      query(nonZero(perMinute(of('throttle_wait_seconds_total'), 'quota_group', 'reason')), {
        legend: '{{reason}} of {{quota_group}}',
      }),
    ],
  }),
  linePanel({
    title: 'Calls under way',
    description: 'Calls that have begun and not ended, and those of them that are held back.',
    width: 8,
    unit: 'short',
    queries: [
      query(`sum(${of('operations_in_flight')})`, { legend: 'under way' }),
      query(`sum(${of('queue_length')})`, { legend: 'held back' }),
    ],
  }),
];
