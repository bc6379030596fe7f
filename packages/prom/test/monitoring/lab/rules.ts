import { seconds } from '../../../monitoring/duration.ts';
import { type RuleGroup, type RulesOptions, ruleGroups } from '../../../monitoring/index.ts';

/** How many times faster than usual time passes for rules that are `hurried`: a minute is a second. */
const HURRY = 60;

const quick = (duration: string): string => `${Math.round((seconds(duration) * 1_000) / HURRY)}ms`;

/** Every time of an expression, hurried: ranges, offsets and numbers of seconds. */
function hurriedExpr(expr: string): string {
  return expr
    .replaceAll(/\[(\w+)\]/g, (_, range: string) => `[${quick(range)}]`)
    .replaceAll(/offset (\w+)/g, (_, offset: string) => `offset ${quick(offset)}`)
    .replaceAll(
      /(time\(\) - )(\d+)/g,
      (_, time: string, past: string) => time + Number(past) / HURRY,
    )
    .replaceAll(/ - 30 >/g, ` - ${30 / HURRY} >`);
}

/** The shipped rules as JSON, with every time divided by `HURRY` and all else as it is. */
export function hurriedRules(options: RulesOptions = {}): string {
  const groups: readonly RuleGroup[] = ruleGroups(options).map((group) => ({
    ...group,
    interval: quick(group.interval),
    rules: group.rules.map((rule) => {
      const expr = hurriedExpr(rule.expr);
      if (!('alert' in rule)) return { ...rule, expr };
      const keep = rule.keep_firing_for;
      return {
        ...rule,
        expr,
        for: quick(rule.for),
        ...(keep === undefined ? {} : { keep_firing_for: quick(keep) }),
      };
    }),
  }));
  return JSON.stringify({ groups }, null, 2);
}
