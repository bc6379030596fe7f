import { readdir, readFile } from 'node:fs/promises';
import { metricCodes } from '@defender-resilience/core';
import { describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { alertFiles } from '../../monitoring/alerts/files.ts';
import { THRESHOLDS } from '../../monitoring/alerts/thresholds.ts';
import { unknownNames } from '../../monitoring/check-query.ts';
import {
  type AlertingRule,
  type AlertName,
  alertmanager,
  type RulesOptions,
  ruleGroups,
  rules,
} from '../../monitoring/index.ts';
import { lintOf } from './lint.ts';
import { vocabularyOf } from './rule-vocabulary.ts';
import { need } from './tools.ts';

const ROOT = new URL('../../../../', import.meta.url);
const RUNBOOKS = new URL('docs/runbooks/', ROOT);
const EXPECTED = [{ job: 'a' }, { job: 'a', operation: 'incidents.list', every: '26h' }] as const;

const ADDRESSES = {
  runbooks: 'https://docs.test/runbooks',
  dashboard: 'https://grafana.test/d/x',
  prometheus: 'https://prometheus.test',
} as const;

const everything = ruleGroups({ expected: EXPECTED, ...ADDRESSES });
const alerts: readonly AlertingRule[] = everything
  .flatMap(({ rules }) => rules)
  .filter((rule) => 'alert' in rule);
const names = [...new Set(alerts.map(({ alert }) => alert))];

const minutes = (duration: string): string => `${Number.parseInt(duration, 10)} minutes`;
const percent = (share: number): string => `${Number((share * 100).toFixed(4))}%`;
const t = THRESHOLDS;

/** What the runbooks say of the numbers. */
const FACTS: Readonly<Record<AlertName, readonly string[]>> = {
  DefenderAccessLost: [
    `the last ${t.calls} calls or more`,
    `within the last ${Number.parseInt(t.worked, 10)} days`,
    `below ${percent(t.chance)}`,
    `after ${Number.parseInt(t.hold, 10)} hours`,
    'It waits 1 minute',
    '15 minutes after',
  ],
  DefenderRefusalsRising: [
    `the last ${t.risingWindow}`,
    `more than ${t.risingFactor} times`,
    `the past ${t.past}`,
    `plus ${percent(t.risingShare)}`,
    `at least ${t.risingCalls} refused calls`,
    `at least ${t.risingPastCalls} calls in the past`,
  ],
  DefenderRefusalsChronic: [
    `at least ${t.chronicCalls} calls`,
    `more than ${percent(t.chronicShare)}`,
  ],
  DefenderUnauthorized: [`the last ${t.calls} calls or more`, 'for 1 minute', '10 minutes after'],
  DefenderOperationFailing: [
    `the last ${t.failingCalls} calls or more`,
    `within ${minutes(t.failingFresh)}`,
    'for 5 minutes',
  ],
  DefenderThrottled: [
    `more than ${percent(t.throttledShare)} of the attempts of the last 30m`,
    `at least ${t.throttledAttempts} of them`,
    'for 10 minutes',
  ],
  DefenderServerErrors: [
    `more than ${percent(t.serverErrorsShare)} of the attempts of the last 30m`,
    `at least ${t.serverErrorsAttempts} of them`,
    'for 5 minutes',
  ],
  DefenderCircuitOpen: ['for 5 minutes', '70 minutes after the last call'],
  DefenderErrorBudgetBurn: [
    `at least ${t.burnFaults} failed calls`,
    '99% should succeed',
    '| critical | 14.4% fail | 1h | 5m | 2m |',
    '| warning | 6% fail | 6h | 30m | 15m |',
    '| info | 1% fail | 3d | 6h | 3h |',
  ],
  DefenderMetricsAbsent: ['after 10 minutes', 'for two hours'],
  DefenderJobAbsent: ['after 15 minutes'],
  DefenderJobOverdue: ['after 5 minutes'],
};

async function passesLint(context: TestContext, text: string): Promise<void> {
  const promtool = await need(context, 'promtool');
  expect(await lintOf(promtool, text)).toBe('');
}

describe('the committed files', () => {
  it('are what the generator makes', async () => {
    for (const [path, content] of Object.entries(alertFiles())) {
      expect(await readFile(new URL(path, ROOT), 'utf8'), path).toBe(content);
    }
  });

  it.each(Object.keys(alertFiles()))('%s leads to no placeholder', async (path) => {
    const text = await readFile(new URL(path, ROOT), 'utf8');
    expect(text).not.toMatch(/localhost|127\.0\.0\.1|example\.|\.example|:3000|:9090/);
  });

  it.for(['defender-client.yaml', 'defender-client-otlp.yaml'])(
    '%s passes every lint of promtool',
    async (name, context) => {
      const text = await readFile(new URL(`packages/prom/alerts/${name}`, ROOT), 'utf8');
      await passesLint(context, text);
    },
  );

  it('are read from YAML as they were meant', async () => {
    const read = async (name: string): Promise<unknown> =>
      parse(await readFile(new URL(`packages/prom/alerts/${name}`, ROOT), 'utf8'));
    expect(await read('defender-client.yaml')).toEqual({ groups: ruleGroups() });
    expect(await read('defender-client-otlp.yaml')).toEqual({
      groups: ruleGroups({ source: 'otlp' }),
    });
    expect(await read('prometheus-rule.yaml')).toEqual({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'defender-client' },
      spec: { groups: ruleGroups() },
    });
  });
});

describe('the rules', () => {
  it.for<readonly [string, RulesOptions]>([
    ['one label', { groupBy: ['tenant'] }],
    ['other prefixes', { prefix: 'x_', recordPrefix: 'y', groupBy: ['job', 'tenant'] }],
    [
      'a selector',
      { selector: 'job=~"nightly.*", tenant!="a\\"b"', thresholds: { calls: 1, chance: 1 } },
    ],
    ['a selector and OpenTelemetry', { selector: 'job="a"', source: 'otlp' }],
    ['all addresses', ADDRESSES],
    ['what is expected', { expected: EXPECTED, selector: 'job=~".+"' }],
    ['a short past', { thresholds: { past: '1d', hold: '1d' }, keepFiring: false }],
  ])('pass every lint of promtool with %s', async ([, options], context) => {
    await passesLint(context, rules(options));
  });

  it('record each series before a rule reads it', () => {
    const seen = new Set<string>();
    for (const rule of everything.flatMap((group) => group.rules)) {
      const read = rule.expr.match(/\bdefender:\w+:\w+/g) ?? [];
      const own = 'record' in rule ? rule.record : '';
      // A rule may read what it recorded itself before.
      for (const name of read) expect(name === own || seen.has(name), name).toBe(true);
      if (own !== '') seen.add(own);
    }
  });

  it('put the selector into every selector of a series', () => {
    const selector = 'job=~"nightly.*"';
    for (const { expr } of ruleGroups({ selector }).flatMap((group) => group.rules)) {
      const series = expr.match(/\bdefender(?:_client_\w+|:\w+:\w+)/g) ?? [];
      expect(expr.split(selector).length - 1, expr).toBe(series.length);
    }
  });

  it('read only metrics of the tables, by their labels', () => {
    for (const source of ['prom', 'otlp'] as const) {
      const faults = ruleGroups({ source })
        .flatMap((group) => group.rules)
        .flatMap(({ expr }) => unknownNames(expr, vocabularyOf(source)));
      expect(faults, source).toEqual([]);
    }
  });

  it('leave out the alerts that are disabled, and how long they keep firing', () => {
    const disable = ['DefenderThrottled', 'DefenderErrorBudgetBurn'] as const;
    const left = ruleGroups({ disable, keepFiring: false });
    const text = JSON.stringify(left);
    expect(text).not.toMatch(/DefenderThrottled|DefenderErrorBudgetBurn|keep_firing_for/);
    expect(left.every((group) => group.rules.length > 0)).toBe(true);
  });

  it('carry severities and labels as given', () => {
    const all = ruleGroups({ severities: { accessLost: 'page' }, labels: { team: 'soc' } })
      .flatMap((group) => group.rules)
      .filter((rule) => 'alert' in rule);
    const severity = (name: string): unknown =>
      all.find(({ alert }) => alert === name)?.labels['severity'];
    expect(severity('DefenderAccessLost')).toBe('page');
    expect(severity('DefenderCircuitOpen')).toBe('critical');
    expect(all.every(({ labels }) => labels['team'] === 'soc')).toBe(true);
  });

  it('come as a PrometheusRule that an operator selects', () => {
    const metadata = { name: 'x', namespace: 'monitoring', labels: { release: 'prometheus' } };
    expect(parse(rules({ format: 'operator', metadata }))).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata,
    });
  });

  it('come as JSON', () => {
    expect(JSON.parse(rules({ format: 'json' }))).toEqual({ groups: ruleGroups() });
  });
});

describe('options of the rules', () => {
  it.each<readonly [string, unknown, string]>([
    ['a misspelt option', { treshold: {} }, 'treshold is not an option; did you mean thresholds?'],
    ['a misspelt threshold', { thresholds: { call: 1 } }, 'did you mean thresholds.calls?'],
    ['no grouping label', { groupBy: [] }, 'groupBy must be an array of one or more label names'],
    ['a bad grouping label', { groupBy: ['a-b'] }, 'groupBy[0] must be a valid label name'],
    ['a label of the rules', { groupBy: ['code'] }, 'groupBy[0] must be a valid label name'],
    ['a label twice', { groupBy: ['job', 'job'] }, 'groupBy has "job" twice'],
    [
      'a selector on another label',
      { selector: 'code="x"' },
      'selector can only match labels of groupBy',
    ],
    ['a broken selector', { selector: 'job=x' }, 'selector must be matchers with double quotes'],
    [
      'no chance',
      { thresholds: { chance: 0 } },
      'thresholds.chance must be a number > 0 and ≤ 1, got 0',
    ],
    [
      'a number for a time',
      { thresholds: { hold: 26 } },
      'thresholds.hold must be a duration of at least 10m',
    ],
    [
      'a past below hold',
      { thresholds: { past: '1d' } },
      'thresholds.hold (26h) must not be longer than thresholds.past (1d)',
    ],
    [
      'a long apart',
      { thresholds: { apart: '20m' } },
      'thresholds.apart must be at most 10m, got 20m',
    ],
    ['an unknown alert', { disable: ['DefenderForbiddenSpike'] }, 'disable[0] must be'],
    [
      'a severity of nothing',
      { severities: { forbidden: 'x' } },
      'severities.forbidden is not an option',
    ],
    ['a label that hides the group', { labels: { job: 'x' } }, "labels['job'] is in groupBy"],
    [
      'a severity as a label',
      { labels: { severity: 'x' } },
      "labels['severity'] is set by severities",
    ],
    ['an address with a slash', { runbooks: 'https://a/' }, 'runbooks must be an address'],
    [
      'an operation without every',
      { expected: [{ job: 'a', operation: 'b' }] },
      'expected[0].every is missing',
    ],
    [
      'every beyond worked',
      { expected: [{ job: 'a', every: '9d' }] },
      'expected[0].every must not be longer',
    ],
    [
      'an expected label',
      { expected: [{ jab: 'a' }] },
      'expected[0].jab is not a label of groupBy',
    ],
  ])('refuse %s', (_, options, message) => {
    expect(() => rules(options as RulesOptions)).toThrow(message);
    expect(() => alertmanager(options as RulesOptions)).toThrow(
      /^alertmanager got invalid options/,
    );
  });
});

describe.each(alerts)('$alert ($labels.severity, $for)', (rule) => {
  it('has a severity, a static summary and a description', () => {
    const { summary, description } = rule.annotations;
    expect(['critical', 'warning', 'info']).toContain(rule.labels['severity']);
    expect(summary).toMatch(/^[A-Z][^{}]+\.$/);
    expect(description).toMatch(/\{\{ .+ \}\}.*\.$/);
    expect(rule.for).toMatch(/^\d+[mh]$/);
  });

  it('leads to its runbook and to a dashboard, where they are known', () => {
    const { runbook_url: runbook, dashboard_url: dashboard } = rule.annotations;
    expect(runbook).toBe(`${ADDRESSES.runbooks}/${rule.alert}`);
    expect(dashboard).toMatch(
      /^https:\/\/grafana\.test\/d\/x\?var-cluster=\{\{ \$labels\.cluster \| urlquery \}\}&var-namespace=.*&var-tenant=/,
    );
  });
});

describe('the runbooks', () => {
  it('are one for each alert', async () => {
    const pages = (await readdir(RUNBOOKS)).filter((page) => page.startsWith('Defender'));
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort());
  });

  it.each(names)('say all there is to say of %s', async (name) => {
    const page = await readFile(new URL(`${name}.md`, RUNBOOKS), 'utf8');
    expect(page.match(/^#+ .+$/gm)).toEqual([
      `# ${name}`,
      '## What it means',
      '## Impact',
      '## Which tenant and code',
      '## Find the tracking IDs',
      '## What to do',
      '## When it resolves',
      '## When to contact Microsoft',
    ]);
    expect(await readFile(new URL('README.md', RUNBOOKS), 'utf8')).toContain(
      `[${name}](${name}.md)`,
    );
  });

  it.each(names)('tell the thresholds of %s as they are', async (name) => {
    const page = await readFile(new URL(`${name}.md`, RUNBOOKS), 'utf8');
    const text = page.replaceAll(/\s+/g, ' ');
    expect(FACTS[name].length).toBeGreaterThan(0);
    for (const fact of FACTS[name]) expect(text).toContain(fact);
  });

  it('name every code of a lost permission', async () => {
    const page = await readFile(new URL('DefenderAccessLost.md', RUNBOOKS), 'utf8');
    const codes = metricCodes.filter((row) => row.class === 'permission');
    expect(codes.length).toBeGreaterThan(5);
    for (const { code } of codes) expect(page).toContain(`\`${code}\``);
  });
});
