import { expect, it } from 'vitest';
import { rulesYaml } from '../../monitoring/alerts/file.ts';
import { ruleGroups } from '../../monitoring/alerts/groups.ts';
import { complaints, type RuleCase } from './promtool.ts';
import { need } from './tools.ts';
import type { Samples } from './traffic.ts';

/** The group that an alert stands in: the others would only take promtool's time. */
function rulesWith(alert: string): string {
  return rulesYaml(
    ruleGroups.filter(({ rules }) => rules.some((rule) => 'alert' in rule && rule.alert === alert)),
  );
}

/** Whether an alert fires at each of some minutes. */
export interface AlertCase {
  readonly alert: string;
  /** Tells alerts of one name apart, such as `severity="critical"`. */
  readonly matcher?: string;
  readonly samples: readonly Samples[];
  readonly fires?: readonly number[];
  readonly silent?: readonly number[];
}

function ruleCase({ alert, matcher, samples, fires = [], silent = [] }: AlertCase): RuleCase {
  const selector = [`alertname="${alert}"`, 'alertstate="firing"', ...(matcher ? [matcher] : [])];
  const expr = `group by (alertname) (ALERTS{${selector.join(',')}})`;
  return {
    samples,
    expressions: [
      ...fires.map((minute) => ({ expr, minute, gives: { [`{alertname="${alert}"}`]: 1 } })),
      ...silent.map((minute) => ({ expr, minute, gives: {} })),
    ],
  };
}

/** Has promtool play the samples to the rules. */
export function itRules(behaviour: string, alert: string, make: () => RuleCase): void {
  it(behaviour, { timeout: 60_000 }, async (context) => {
    const promtool = await need(context, 'promtool');
    expect(await complaints(promtool, rulesWith(alert), make())).toBe('');
  });
}

/** Has promtool play the samples to the rules, and looks at one alert. */
export function itAlerts(behaviour: string, make: () => AlertCase): void {
  const alertCase = make();
  itRules(behaviour, alertCase.alert, () => ruleCase(alertCase));
}
