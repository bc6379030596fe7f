import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RuleGroup, ruleGroups, rules } from '@defender-resilience/prom/monitoring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../../src/monitoring/compare.ts';
import { cli } from '../support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monitoring-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('rules', () => {
  it('prints what rules() gives, with options from a file and from flags', async () => {
    expect((await cli(['rules'])).out).toBe(rules());
    const config = join(folder, 'options.json');
    await writeFile(config, '{"groupBy":["job"],"severities":{"accessLost":"page"}}');
    const set = [
      '--set',
      'severities.unauthorized=critical',
      'objective=0.95',
      'labels={"team":"soc"}',
    ];
    const { out } = await cli(['rules', '--config', config, ...set]);
    const severities = { accessLost: 'page', unauthorized: 'critical' };
    expect(out).toBe(
      rules({ groupBy: ['job'], severities, objective: 0.95, labels: { team: 'soc' } }),
    );
  });

  it('writes a file, and finds that it is up to date until an option changes', async () => {
    const file = join(folder, 'rules', 'defender.yaml');
    expect(await cli(['rules', '-o', file])).toEqual({ code: 0, out: '', err: `wrote ${file}\n` });
    expect(await readFile(file, 'utf8')).toBe(rules());
    expect(await cli(['rules', '--check', file])).toEqual({
      code: 0,
      out: '',
      err: 'Up to date.\n',
    });
    const changed = await cli(['rules', '--check', file, '--set', 'objective=0.9']);
    expect(changed.code).toBe(3);
    expect(changed.out).toBe(`~ ${file} differs from the generated one\n`);
  });

  it('says what is wrong with its options', async () => {
    const option = await cli(['rules', '--set', 'objectives=1']);
    expect(option.code).toBe(2);
    expect(option.err).toContain('objectives is not an option');
    expect((await cli(['rules', '--set', 'objective'])).err).toContain(
      '--set must be a name and a value',
    );
    const list = join(folder, 'list.json');
    await writeFile(list, '[]');
    expect((await cli(['rules', '--config', list])).err).toContain('not a JSON object of options');
    const away = await cli(['rules', '--check', 'http://127.0.0.1:9']);
    expect(away.code).toBe(1);
    expect(away.err).toContain('does not respond');
  });
});

describe('the difference to what Prometheus has loaded', () => {
  const wanted = ruleGroups();
  const normalise = (expr: string) => Promise.resolve(expr.replaceAll(/\s+/g, ' '));
  /** As `/api/v1/rules` answers: seconds, `query`, and states beside them. */
  const answerOf = (groups: readonly RuleGroup[]): object => ({
    status: 'success',
    data: {
      groups: groups.map(({ name, interval, rules }) => ({
        name,
        interval: Number.parseInt(interval, 10) * 60,
        rules: rules.map((rule) => {
          if ('record' in rule)
            return { name: rule.record, query: rule.expr, health: 'ok', type: 'recording' };
          const { alert, expr, labels, annotations } = rule;
          const seconds = (text = '0s'): number =>
            Number.parseInt(text, 10) * ({ s: 1, m: 60, h: 3_600 }[text.at(-1) ?? 's'] ?? 1);
          return {
            name: alert,
            query: `${expr} `,
            duration: seconds(rule.for),
            keepFiringFor: seconds(rule.keep_firing_for),
            labels,
            annotations,
            state: 'inactive',
          };
        }),
      })),
    },
  });

  it('is nothing where they are the same, whoever else has groups there', async () => {
    const foreign: RuleGroup = {
      name: 'somebody',
      interval: '1m',
      rules: [{ record: 'a', expr: 'b' }],
    };
    expect(
      await differences(wanted, answerOf([...wanted, foreign]), async (expr) =>
        (await normalise(expr)).trim(),
      ),
    ).toEqual([]);
  });

  it('names what is missing, what is too much and what is another', async () => {
    const [first, ...others] = wanted;
    if (first === undefined) throw new Error('no groups');
    const [rule, ...rest] = first.rules;
    if (rule === undefined) throw new Error('no rules');
    const changed: RuleGroup = {
      ...first,
      rules: [...rest, { ...rule, expr: 'vector(1)' }, { record: 'extra', expr: '1' }],
    };
    const lines = await differences(wanted, answerOf([changed, ...others.slice(1)]), async (expr) =>
      (await normalise(expr)).trim(),
    );
    expect(lines).toContain(
      `~ ${first.name} / ${'record' in rule ? rule.record : rule.alert}: expr differs`,
    );
    expect(lines).toContain(`+ ${first.name} / extra is deployed, but not generated`);
    expect(lines.filter((line) => line.endsWith('is not deployed'))).toEqual([
      `- ${others[0]?.name} is not deployed`,
    ]);
  });
});

describe('dashboards', () => {
  it('writes a file for each, and compares them as JSON', async () => {
    const target = join(folder, 'dashboards');
    const written = await cli(['dashboards', '-o', target]);
    expect(written.code).toBe(0);
    const path = join(target, 'defender-client-overview.json');
    expect(written.err).toContain(`wrote ${path}`);
    await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
    expect((await cli(['dashboards', '--check', target])).code).toBe(0);
    await writeFile(path, '{}');
    const { code, out } = await cli(['dashboards', '--check', target]);
    expect({ code, out }).toEqual({ code: 3, out: `~ ${path} differs from the generated one\n` });
  });

  it('needs a folder', async () => {
    const { code, err } = await cli(['dashboards']);
    expect(code).toBe(2);
    expect(err).toContain('a folder is required');
  });
});
