import { checked } from '../check-query.ts';
import { thresholds } from '../thresholds.ts';
import { tableVocabulary, type Vocabulary } from '../vocabulary.ts';
import { countRules, objectiveRules, recorded } from './counts.ts';
import { errorAlerts } from './errors.ts';
import { healthAlerts } from './health.ts';
import { burnAlerts } from './objective.ts';
import type { Rule, RuleGroup } from './rule.ts';

const labelsOf = (record: string): ReadonlySet<string> =>
  new Set(record.split(':')[0]?.split('_') ?? []);

/** What rules may name: the metric table's series, and what rules record. */
export const ruleVocabulary: Vocabulary = new Map<string, ReadonlySet<string>>([
  ...tableVocabulary,
  ...Object.values(recorded).map((record) => [record, labelsOf(record)] as const),
]);

const interval = `${thresholds.intervalSeconds}s`;

function group(name: string, rules: readonly Rule[]): RuleGroup {
  for (const rule of rules) checked(rule.expr, ruleVocabulary);
  return { name, interval, rules };
}

/** All rules. Counts stand before the alerts that read them: a group is evaluated in order. */
export const ruleGroups: readonly RuleGroup[] = [
  group('defender-client-errors', [...countRules, ...errorAlerts, ...healthAlerts]),
  group('defender-client-objective', [...objectiveRules, ...burnAlerts]),
];
