import { describe, it } from 'vitest';
import { complaints } from './promtool.ts';
import { isLong, scenarios } from './scenarios/all.ts';
import { need } from './tools.ts';

// promtool plays each scenario to the rules in virtual time. Those of days take it minutes, so only
// `pnpm scenarios` plays them: run it after a change of the rules and before a release.
const all = process.env['SCENARIOS'] === 'all';
const chosen = scenarios.filter((scenario) => all || !isLong(scenario));

describe('the alerts fire exactly when they must', () => {
  // Two promtool processes at a time keep two cores busy.
  it.concurrent.for(chosen)('in $name', { timeout: 1_200_000 }, async (scenario, context) => {
    const promtool = await need(context, 'promtool');
    context.expect(await complaints(promtool, scenario)).toBe('');
  });
});
