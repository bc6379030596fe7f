import { seconds } from '../duration.ts';
import { alert } from './alert.ts';
import type { Expected } from './options.ts';
import { type Query, queryOf } from './query.ts';
import { type AlertingRule, lines, type RuleGroup } from './rule.ts';

/** The alerts on expected clients and operations; none if there are none. */
export function expectedGroups(query: Query): readonly RuleGroup[] {
  const { expected } = query.settings;
  if (expected.length === 0) return [];
  const rules = expected.map((entry) =>
    entry['every'] === undefined
      ? jobAbsent(query, entry)
      : jobOverdue(query, entry, entry['every']),
  );
  return [{ name: 'defender-client-expected', interval: '1m', rules }];
}

function matchersOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

/** Only a listed client can be missed from the start: Prometheus does not know what it has never seen. */
function jobAbsent(query: Query, labels: Expected): AlertingRule {
  // Without the selector, since an expected client lists all its labels.
  const { recorded } = queryOf({ ...query.settings, selector: '' });
  return alert(query.settings, {
    name: 'DefenderJobAbsent',
    severity: 'jobAbsent',
    expr: `absent(${recorded('processes:count', matchersOf(labels))})`,
    for: '15m',
    summary: 'An expected client does not export any metrics.',
    subject: 'Defender metrics',
    happened: 'a process that should run all the time has none. It may never have started.',
  });
}

function jobOverdue(query: Query, entry: Expected, every: string): AlertingRule {
  const { every: _, ...labels } = entry;
  const { recorded, group } = queryOf({ ...query.settings, selector: '' });
  const success = recorded('last_success:timestamp', matchersOf(labels));
  const by = labels['operation'] === undefined ? group : `${group}, operation`;
  return alert(query.settings, {
    name: 'DefenderJobOverdue',
    severity: 'jobOverdue',
    expr: lines(
      `time() - max by (${by}) (${success}) > ${seconds(every)}`,
      `or absent(${success})`,
    ),
    for: '5m',
    summary: 'A call that should succeed regularly has not succeeded in time.',
    subject: labels['operation'] === undefined ? 'Defender calls' : '{{ $labels.operation }}',
    happened: `no success within ${every}.`,
  });
}
