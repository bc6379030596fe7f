import type { PanelSpec } from './panel.ts';
import { barPanel, linePanel, neutral, statPanel } from './parts.ts';
import { legendOf, nonZero, perMinute, query, share } from './query.ts';
import type { Scope } from './scope.ts';

/** The use of the quotas. Empty if the wrapper is used without the option `quota`. */
export function quotas(scope: Scope): readonly PanelSpec[] {
  const { of, label, has } = scope;
  // Processes that share a quota each tell all of its use, and those that do not their own: never a sum.
  const use = share(of('quota_used'), of('quota_limit'));
  const legend = legendOf(scope, 'quota_group');
  const hasChanges = has('quota_limit_changes_total');
  return [
    {
      ...statPanel({
        title: 'Fullest quota',
        description:
          'The use of the fullest quota now. A bulk job should be at 100 %: it runs as fast as allowed.',
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
        'Calls in the current window as a share of its limit: the higher of minute and hour, and the highest of all processes. Above 100 %: the limit was lowered below the number of calls already sent.',
      width: hasChanges ? 8 : 12,
      unit: 'percentunit',
      noValue: 'no quota',
      queries: [query(`max by (${label('quota_group')}) (${use})`, { legend })],
    }),
    linePanel({
      title: 'Calls that wait for their quota',
      description: 'Calls that wait for their turn, by quota group, of all processes.',
      width: hasChanges ? 6 : 8,
      unit: 'short',
      noValue: 'no quota',
      queries: [query(`sum by (${label('quota_group')}) (${of('quota_waiting')})`, { legend })],
    }),
    ...(hasChanges ? [limitChanges(scope)] : []),
  ];
}

function limitChanges(scope: Scope): PanelSpec {
  return barPanel({
    title: 'Limit changes per minute',
    description:
      'How often a limit was lowered because the service refused a call or announced another limit, and how often it was restored.',
    width: 6,
    unit: 'short',
    noValue: 'no change',
    seriesColours: { throttled: 'yellow', announced: 'orange', recovered: 'green' },
    queries: [
      query(nonZero(perMinute(scope.of('quota_limit_changes_total'), 'reason')), {
        legend: '{{reason}}',
      }),
    ],
  });
}
