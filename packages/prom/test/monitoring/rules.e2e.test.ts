import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleGroups } from '../../monitoring/index.ts';
import { startPrometheus } from './lab/lab.ts';
import { eventually } from './lab/processes.ts';
import { PrometheusApi } from './lab/prometheus.ts';
import { hurriedRules } from './lab/rules.ts';
import { need } from './tools.ts';

const FOLDER = new URL('../../alerts/', import.meta.url);
const COMMITTED = ['defender-client.yaml', 'defender-client-otlp.yaml'] as const;

describe('a real Prometheus', () => {
  it('takes the committed rules, and finds nothing wrong with any when it evaluates them', async (context) => {
    const program = await need(context, 'prometheus');
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'rules-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const committed = await Promise.all(
      COMMITTED.map(async (name) => [name, await readFile(new URL(name, FOLDER), 'utf8')] as const),
    );
    const rules: Readonly<Record<string, string>> = {
      // Those of minutes are not evaluated within a test, those of a second are.
      'hurried.json': hurriedRules(),
      'hurried-otlp.json': hurriedRules({ source: 'otlp', recordPrefix: 'otlp' }),
      ...Object.fromEntries<string>(committed),
    };
    const setup = { scrapeConfigs: [], rules, alertmanager: undefined };
    const prometheus = stack.use(await startPrometheus(program, folder, setup));
    const api = new PrometheusApi(prometheus.url);
    const evaluated = await eventually('The rules are evaluated', async () => {
      const found = await api.rules();
      return found.some(({ file, health }) => file.includes('hurried') && health === 'unknown')
        ? undefined
        : found;
    });
    expect(evaluated.filter(({ lastError }) => lastError !== '')).toEqual([]);
    const files = new Set(evaluated.map(({ file }) => file.split('/').at(-1)));
    expect(files).toEqual(new Set(Object.keys(rules)));
    const hurried = evaluated.filter(({ file }) => file.includes('hurried'));
    expect(new Set(hurried.map(({ health }) => health))).toEqual(new Set(['ok']));
    expect(hurried.length).toBe(2 * ruleGroups().flatMap((group) => group.rules).length);
  });
});
