import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertFiles } from '../../monitoring/alerts/file.ts';
import { ruleGroups, ruleVocabulary } from '../../monitoring/alerts/groups.ts';
import type { AlertingRule } from '../../monitoring/alerts/rule.ts';
import { unknownNames } from '../../monitoring/check-query.ts';
import { thresholds } from '../../monitoring/thresholds.ts';
import { dashboard, dashboardNames } from './dashboard-model.ts';
import { need, outcomeOf } from './tools.ts';

const ROOT = new URL('../../../../', import.meta.url);
const RUNBOOKS = new URL('docs/runbooks/', ROOT);
const COMMITTED = new URL('packages/prom/alerts/defender-client.yaml', ROOT);

const alerts: readonly AlertingRule[] = ruleGroups
  .flatMap(({ rules }) => rules)
  .filter((rule) => 'alert' in rule);
const names = [...new Set(alerts.map(({ alert }) => alert))];

describe('the rules', () => {
  it('are what the generator makes of the metric table', async () => {
    for (const [path, content] of Object.entries(alertFiles())) {
      expect(await readFile(new URL(path, ROOT), 'utf8'), path).toBe(content);
    }
  });

  it('stand every lint of promtool', async (context) => {
    const promtool = await need(context, 'promtool');
    const { ok, output } = await outcomeOf(promtool, [
      ...['check', 'rules', '--lint=all', '--lint-fatal'],
      fileURLToPath(COMMITTED),
    ]);
    expect(ok, output).toBe(true);
  });

  it('are read from YAML as they were meant', async () => {
    expect(parse(await readFile(COMMITTED, 'utf8'))).toEqual({ groups: ruleGroups });
  });

  it('name only metrics and labels of the table, and what they record themselves', () => {
    const expressions = ruleGroups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
    expect(expressions.flatMap((expr) => unknownNames(expr, ruleVocabulary))).toEqual([]);
  });

  it('record each series before an alert reads it', () => {
    const seen = new Set<string>();
    for (const rule of ruleGroups.flatMap(({ rules }) => rules)) {
      const read = rule.expr.match(/\b\w+:\w+:\w+/g) ?? [];
      // A rule may read what it records itself of the past.
      for (const name of read) expect(seen.has(name), name).toBe(true);
      if ('record' in rule) seen.add(rule.record);
    }
  });
});

describe.each(alerts)(
  '$alert ($labels.severity, $for)',
  ({ alert, labels, annotations, ...rule }) => {
    const { severity } = labels;
    const { summary, description, runbook_url: runbook, dashboard_url: link } = annotations;

    it('has a severity, a static summary and a description', () => {
      expect(['critical', 'warning']).toContain(severity);
      expect(summary).toMatch(/^[A-Z][^{}]+\.$/);
      expect(description).toMatch(/\{\{ .+ \}\}.*\.$/);
      expect(rule.for).toMatch(/^\d+[mh]$/);
    });

    it('leads to its runbook', () => {
      expect(runbook).toMatch(new RegExp(`^https://[^/]+/runbooks/${alert}$`));
    });

    it('leads to a dashboard and to variables that it has', async () => {
      const [, uid = '', search] =
        /^http:\/\/localhost:3000\/d\/([\w-]+)\?(.+)$/.exec(link ?? '') ?? [];
      expect(dashboardNames).toContain(uid);
      const { templating } = await dashboard(uid);
      const variables = new Set(templating.list.map(({ name }) => `var-${name}`));
      for (const name of new URLSearchParams(search).keys()) expect(variables).toContain(name);
    });
  },
);

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
      '## Find the tracking IDs',
      '## What to check',
      '## When to contact Microsoft',
    ]);
    expect(await readFile(new URL('README.md', RUNBOOKS), 'utf8')).toContain(
      `[${name}](${name}.md)`,
    );
  });

  const minutes = (duration: string): string => `${Number.parseInt(duration, 10)} minutes`;
  const percent = (share: number): string => `${Number((share * 100).toFixed(4))}%`;
  const { spike, unauthorized, throttled, circuitOpen, retriesExhausted, serverErrors, objective } =
    thresholds;
  const spikeFacts = [
    minutes(spike.for),
    minutes(thresholds.window),
    `more than ${spike.slack} calls`,
    `more than ${spike.factor} times`,
    `more than ${percent(spike.share)} of at least ${spike.operations} calls`,
  ];
  const facts: Readonly<Record<string, readonly string[]>> = {
    DefenderForbiddenSpike: spikeFacts,
    DefenderDisabledFeatureSpike: spikeFacts,
    DefenderDisallowedOperationSpike: spikeFacts,
    DefenderUnauthorized: [
      minutes(unauthorized.for),
      `at least ${unauthorized.errors} calls`,
      `more than ${percent(unauthorized.share)}`,
    ],
    DefenderThrottled: [
      minutes(throttled.for),
      `at least ${throttled.events} attempts`,
      `more than ${percent(throttled.share)}`,
    ],
    DefenderCircuitOpen: [minutes(circuitOpen.for)],
    DefenderRetriesExhausted: [
      minutes(retriesExhausted.for),
      `at least ${retriesExhausted.calls} calls`,
      `more than ${percent(retriesExhausted.share)}`,
    ],
    DefenderServerErrors: [
      minutes(serverErrors.for),
      `at least ${serverErrors.attempts} attempts`,
      `more than ${percent(serverErrors.share)}`,
    ],
    DefenderErrorBudgetBurn: [
      `at least ${objective.faults} failed calls`,
      `${percent(objective.success)} are to succeed`,
      ...objective.burns.map(
        ({ severity, factor, long, short, for: pending }) =>
          `| ${severity} | ${percent(factor * (1 - objective.success))} fail | ${long} | ${short} | ${pending} |`,
      ),
    ],
    DefenderMetricsAbsent: [minutes(thresholds.metricsAbsent.for)],
  };

  it.each(names)('tell the thresholds of %s as they are', async (name) => {
    const page = await readFile(new URL(`${name}.md`, RUNBOOKS), 'utf8');
    const text = page.replaceAll(/\s+/g, ' ');
    for (const fact of facts[name] ?? []) expect(text).toContain(fact);
    expect(facts[name]).toBeDefined();
  });
});
