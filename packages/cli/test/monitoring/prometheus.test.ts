import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RuleGroup, ruleGroups, rules } from '@defender-resilience/prom/monitoring';
import { describe, expect, it, type TestContext } from 'vitest';
import { startPrometheus } from '../../../prom/test/monitoring/lab/lab.ts';
import { need } from '../../../prom/test/monitoring/tools.ts';
import { cli, type Result } from '../support.ts';

/** A group of somebody else's. */
const FOREIGN = {
  name: 'somebody',
  rules: [{ record: 'somebody:up:count', expr: 'count(up)' }],
};

const fileOf = (groups: readonly object[]): string => JSON.stringify({ groups });

/** Runs `rules --check` against a real Prometheus that has these rule files. */
async function checks(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  ...more: readonly (readonly string[])[]
): Promise<readonly Result[]> {
  const program = await need(context, 'prometheus');
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'check-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const setup = { scrapeConfigs: [], rules: files, alertmanager: undefined };
  const { url } = stack.use(await startPrometheus(program, folder, setup));
  const results: Result[] = [];
  for (const args of more) results.push(await cli(['rules', '--check', url, ...args]));
  return results;
}

const UP_TO_DATE: Result = { code: 0, out: '', err: 'Up to date.\n' };

describe('rules --check with a real Prometheus', () => {
  it('finds no difference in what was generated, and the one threshold that changed', async (context) => {
    const files = { 'defender.yaml': rules(), 'somebody.json': fileOf([FOREIGN]) };
    const changed = ['--set', 'thresholds.throttledShare=0.2'];
    const [same, other] = await checks(context, files, [], changed);
    expect(same).toEqual(UP_TO_DATE);
    expect(other).toEqual({
      code: 3,
      out: '~ defender-client-health / DefenderThrottled: expr differs\n',
      err: '1 difference: generate the files again and deploy them.\n',
    });
  });

  it('names what is missing, what is changed and what nobody generates', async (context) => {
    const [state, past, access, ...others] = ruleGroups();
    if (state === undefined || past === undefined || access === undefined) throw new Error('few');
    const [first, ...rest] = state.rules;
    const slow: RuleGroup = {
      ...state,
      interval: '5m',
      rules: [...rest, { record: 'defender:mine:count', expr: 'vector(1)' }],
    };
    const quiet = {
      ...access,
      rules: access.rules.map((rule) =>
        'alert' in rule
          ? { ...rule, for: '90m', labels: { ...rule.labels, severity: 'none' } }
          : rule,
      ),
    };
    const files = { 'defender.json': fileOf([slow, quiet, ...others]) };
    const [{ code, out, err } = UP_TO_DATE] = await checks(context, files, []);
    expect(code).toBe(3);
    const alerts = access.rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : []));
    expect(out.trimEnd().split('\n')).toEqual([
      `~ ${state.name}: interval differs`,
      `- ${state.name} / ${first !== undefined && 'record' in first ? first.record : ''} is not deployed`,
      `+ ${state.name} / defender:mine:count is deployed, but not generated`,
      `- ${past.name} is not deployed`,
      ...alerts.flatMap((name) => [
        `~ ${access.name} / ${name}: for differs`,
        `~ ${access.name} / ${name}: labels differs`,
      ]),
    ]);
    expect(err).toMatch(/^14 differences: /);
  });

  it('tells rules for several jobs apart', async (context) => {
    const [a, b, c] = ['a', 'b', 'c'].map((job) => ({ job, every: '26h' }));
    const file = rules({ expected: [a, b].filter((one) => one !== undefined) });
    const set = (jobs: readonly unknown[]): readonly string[] => [
      '--set',
      `expected=${JSON.stringify(jobs)}`,
    ];
    const [same, other] = await checks(
      context,
      { 'defender.yaml': file },
      set([a, b]),
      set([b, c]),
    );
    expect(same).toEqual(UP_TO_DATE);
    expect(other?.out).toBe('~ defender-client-expected / DefenderJobOverdue: expr differs\n');
  });

  it('takes of two files with the same groups the one that is meant', async (context) => {
    const nightly = ['--set', 'selector=job=~"nightly.*"', 'thresholds={"calls":1,"chance":1}'];
    const others = ['--set', 'selector=job!~"nightly.*"'];
    const files = {
      'nightly.yaml': rules({
        selector: 'job=~"nightly.*"',
        thresholds: { calls: 1, chance: 1 },
      }),
      'others.yaml': rules({ selector: 'job!~"nightly.*"' }),
    };
    const found = await checks(context, files, nightly, others, []);
    expect(found.slice(0, 2)).toEqual([UP_TO_DATE, UP_TO_DATE]);
    expect(found[2]?.code).toBe(3);
    expect(found[2]?.out).not.toContain('not deployed');
  });
});
