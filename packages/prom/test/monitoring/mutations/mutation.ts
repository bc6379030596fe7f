import {
  type AlertName,
  type Rule,
  type RuleGroup,
  ruleGroups,
} from '../../../monitoring/index.ts';
import { scenarioNamed } from '../scenarios/all.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** The part of a rule that is broken. */
type Field = 'expr' | 'for' | 'keep_firing_for';

/** One break of one rule, and the alert of a scenario that shows it. */
export interface Mutation {
  /** What the rule records, without `defender:`; or its alert, with the window where it has one. */
  readonly rule: string;
  readonly field: Field;
  /** What is replaced; in an expression wherever it occurs. */
  readonly from: string;
  readonly to: string;
  readonly alert: AlertName;
  readonly scenario: string;
}

/** The rule's name in a list of mutations. */
export function nameOf(rule: Rule): string {
  if ('record' in rule) return rule.record.replace(/^defender:/, '');
  const { window } = rule.labels;
  return window === undefined ? rule.alert : `${rule.alert} ${window}`;
}

/** A scenario, of which one alert is looked at, and the rules that this alert needs. */
export interface Case {
  readonly scenario: Scenario;
  readonly groups: readonly RuleGroup[];
}

/** The scenario and the rules of a mutation, whole yet. The rules of other alerts only take time. */
export function caseOf({ alert, scenario: name }: Mutation): Case {
  const scenario = scenarioNamed(name);
  const firing = scenario.firing.filter((one) => `Defender${one.alert}` === alert);
  return {
    scenario: { ...scenario, firing },
    groups: neededFor(alert, ruleGroups(scenario.rules)),
  };
}

/** An alert's rules, and what they read, and what that reads. */
function neededFor(alert: AlertName, groups: readonly RuleGroup[]): readonly RuleGroup[] {
  const all = groups.flatMap(({ rules }) => rules);
  const needed = new Set<Rule>(all.filter((rule) => 'alert' in rule && rule.alert === alert));
  // A rule that is added while the set is walked is walked as well.
  for (const rule of needed) {
    for (const name of rule.expr.match(/\bdefender:\w+:\w+/g) ?? []) {
      for (const found of all) if ('record' in found && found.record === name) needed.add(found);
    }
  }
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => needed.has(rule)) }))
    .filter(({ rules }) => rules.length > 0);
}

/**
 * The rules with one of them broken, and its like: a user may expect several jobs.
 *
 * @throws Error when no such rule contains what is to be replaced
 */
export function mutated(
  groups: readonly RuleGroup[],
  { rule: name, field, from, to }: Pick<Mutation, 'rule' | 'field' | 'from' | 'to'>,
): readonly RuleGroup[] {
  let broken = 0;
  const rules = groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      if (nameOf(rule) !== name || !textOf(rule, field).includes(from)) return rule;
      broken += 1;
      return { ...rule, [field]: textOf(rule, field).replaceAll(from, to) };
    }),
  }));
  if (broken === 0) throw new Error(`No rule ${name} has ${from} in ${field}`);
  return rules;
}

function textOf(rule: Rule, field: Field): string {
  if (field === 'expr') return rule.expr;
  return 'alert' in rule ? (rule[field] ?? '') : '';
}
