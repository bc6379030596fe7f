import type { PanelSpec } from './panel.ts';
import { barPanel, linePanel, neutral, statPanel } from './parts.ts';
import { nonZero, of, perMinute, query, share } from './query.ts';

// Processes that share a quota each tell all of its use, and those that do not their own: never a sum.
const use = share(of('quota_used'), of('quota_limit'));

/** How full the quotas are. Empty where the wrapper is used without the option `quota`. */
export const quotas: readonly PanelSpec[] = [
  {
    ...statPanel({
      title: 'Fullest quota',
      description:
        'The use of the fullest quota now. A bulk job is meant to be at 100 %: it goes as fast as it may.',
      width: 4,
      unit: 'percentunit',
      decimals: 0,
      noValue: 'no quota',
      queries: [query(`max(${use})`)],
      colours: neutral,
    }),
    height: 8,
  },
  linePanel({
    title: 'Use of quotas',
    description:
      'Calls in the window that is over now as a share of its limit, of minute and hour the fuller, of processes the fullest. Above 100 %: the limit was lowered to less than was sent already.',
    width: 8,
    unit: 'percentunit',
    queries: [query(`max by (quota_group) (${use})`, { legend: '{{quota_group}}' })],
  }),
  linePanel({
    title: 'Calls that wait for their quota',
    description: 'Calls that wait for their turn, by quota group, of all processes.',
    width: 6,
    unit: 'short',
    queries: [
      query(`sum by (quota_group) (${of('quota_waiting')})`, { legend: '{{quota_group}}' }),
    ],
  }),
  barPanel({
    title: 'Limit changes per minute',
    description:
      'How often a limit was lowered because the service refused a call or announced another limit, and how often it was restored.',
    width: 6,
    unit: 'short',
    seriesColours: { throttled: 'yellow', announced: 'orange', recovered: 'green' },
    queries: [
      query(nonZero(perMinute(of('quota_limit_changes_total'), 'reason')), {
        legend: '{{reason}}',
      }),
    ],
  }),
];
