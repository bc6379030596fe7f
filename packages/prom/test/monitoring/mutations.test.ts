import { describe, expect, it } from 'vitest';
import { ruleGroups } from '../../monitoring/index.ts';
import { mutations } from './mutations/all.ts';
import { caseOf, type Mutation, mutated, nameOf } from './mutations/mutation.ts';
import { complaints } from './promtool.ts';
import { isLong, scenarioNamed } from './scenarios/all.ts';
import { need } from './tools.ts';

// A rule that can be broken without a scenario that notices is not tested, or has a clause too many. All
// mutations take minutes, so only `pnpm scenarios` tries each; otherwise one of each alert is tried.
const all = process.env['SCENARIOS'] === 'all';
const short = mutations.filter(({ scenario }) => !isLong(scenarioNamed(scenario)));
const firstOf = (list: readonly Mutation[], key: (mutation: Mutation) => string): Mutation[] => [
  ...new Map(list.toReversed().map((mutation) => [key(mutation), mutation])).values(),
];
const chosen = all ? mutations : firstOf(short, ({ alert }) => alert);
/** The scenarios with the rules of one alert only, which must be enough for it. */
const cases = firstOf(chosen, ({ alert, scenario }) => `${alert} in ${scenario}`);

const oneLine = (text: string): string => text.replaceAll('\n', ' ');

describe('the mutations', () => {
  it('break every rule', () => {
    const scenario = scenarioNamed('expected');
    const names = ruleGroups(scenario.rules).flatMap((group) => group.rules.map(nameOf));
    const broken = new Set(mutations.map(({ rule }) => rule));
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !broken.has(name))).toEqual([]);
  });

  it('are many, and all different', () => {
    const texts = mutations.map(({ rule, field, from, to }) => [rule, field, from, to].join('|'));
    expect(texts.length).toBeGreaterThanOrEqual(67);
    expect(texts).toEqual([...new Set(texts)]);
  });

  it.each(mutations)('$rule, $field: $from can become $to', (mutation) => {
    const { groups } = caseOf(mutation);
    expect(mutated(groups, mutation)).not.toEqual(groups);
  });
});

if (all) {
  describe('the rules of one alert', () => {
    it.concurrent.for(cases)(
      '$alert are whole in $scenario',
      { timeout: 600_000 },
      async (mutation, context) => {
        const { scenario, groups } = caseOf(mutation);
        const promtool = await need(context, 'promtool');
        context.expect(await complaints(promtool, scenario, groups)).toBe('');
      },
    );
  });
}

describe('a broken rule is noticed', () => {
  for (const mutation of chosen) {
    const { rule, field, from, to, scenario: name } = mutation;
    const title = oneLine(`${rule}, ${field}: "${from}" → "${to}", in ${name}`);
    it.concurrent(title, { timeout: 600_000 }, async (context) => {
      const { scenario, groups } = caseOf(mutation);
      const promtool = await need(context, 'promtool');
      const broken = mutated(groups, mutation);
      context.expect(await complaints(promtool, scenario, broken)).toContain('got:');
    });
  }
});
