import { accessGroup, pastGroup } from './access.ts';
import { expectedGroups } from './expected.ts';
import { healthGroup } from './health.ts';
import { objectiveGroups } from './objective.ts';
import { type RulesOptions, type RulesSettings, rulesSettings } from './options.ts';
import { queryOf } from './query.ts';
import { renderRules } from './render.ts';
import type { RuleGroup } from './rule.ts';
import { stateGroup } from './state.ts';

/**
 * Alert rules for the calls to the Defender APIs, with your grouping labels, thresholds, severities and
 * addresses. Needs Prometheus 2.42 or later, and a scrape interval of at most 4 minutes.
 *
 * @returns the text of a file: YAML of Prometheus or of the Prometheus operator, or JSON
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * writeFileSync(
 *   'rules/defender.yaml',
 *   rules({
 *     groupBy: ['job', 'tenant'],
 *     severities: { accessLost: 'critical' },
 *     runbooks: 'https://wiki.example.com/runbooks',
 *     dashboard: 'https://grafana.example.com/d/defender-client-overview',
 *   }),
 * );
 * ```
 */
export function rules(options: RulesOptions = {}): string {
  const settings = rulesSettings('rules', options);
  return renderRules(settings, groupsOf(settings));
}

/**
 * The same rules as data, for programs that write them in their own format.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * const alerts = ruleGroups().flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
 * ```
 */
export function ruleGroups(options: RulesOptions = {}): readonly RuleGroup[] {
  return groupsOf(rulesSettings('ruleGroups', options));
}

/** Recording rules come before the rules that read them: a group is evaluated in order. */
function groupsOf(settings: RulesSettings): readonly RuleGroup[] {
  const query = queryOf(settings);
  const all = [
    stateGroup(query),
    pastGroup(query),
    accessGroup(query),
    healthGroup(query),
    ...objectiveGroups(query),
    ...expectedGroups(query),
  ];
  const disabled: ReadonlySet<string> = new Set(settings.disable);
  return all
    .map((group) => ({
      ...group,
      rules: group.rules.filter((rule) => !('alert' in rule) || !disabled.has(rule.alert)),
    }))
    .filter(({ rules: kept }) => kept.length > 0);
}
