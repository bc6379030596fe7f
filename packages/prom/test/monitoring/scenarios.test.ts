import { describe, expect, it } from 'vitest';
import { complaints } from './promtool.ts';
import { isLong, scenarios } from './scenarios/all.ts';
import { need } from './tools.ts';

const short = scenarios.filter((scenario) => !isLong(scenario));

// promtool plays each scenario to the rules in virtual time. Those of days take it minutes, so
// `pnpm scenarios` plays them, weekly and before a release.
describe('the alerts fire exactly when they must', () => {
  it.for(short)('in $name', { timeout: 180_000 }, async (scenario, context) => {
    const promtool = await need(context, 'promtool');
    expect(await complaints(promtool, scenario)).toBe('');
  });
});
