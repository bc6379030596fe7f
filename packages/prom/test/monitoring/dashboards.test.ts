import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { unknownNames } from '../../monitoring/check-query.ts';
import { dashboardFiles } from '../../monitoring/dashboards/file.ts';
import { dashboardVocabulary, query } from '../../monitoring/dashboards/query.ts';
import {
  ANYTHING,
  dashboard,
  dashboardNames,
  dashboardText,
  interpolated,
  labelValues,
  panelsOf,
  queryingPanels,
  targetsOf,
} from './dashboard-model.ts';
import { need, outcomeOf } from './tools.ts';

/** The units of Grafana that the dashboards use, of those that its linter knows. */
const UNITS = ['none', 'short', 'percentunit', 's', 'opm', 'cpm', 'dateTimeFromNow'];

const SELECTOR = /[a-z_]+\{([^}]*)\}/g;
const RATE = /\b(?:rate|irate)\([^[]*\[([^\]]*)\]\)/g;
const COUNTER = /\b\w+_total\b/g;
const AGGREGATED = /\b(?:rate|irate|increase)\(\w+_total\{[^}]*\}\[[^\]]*\]\)/g;

it('is what the generator makes of the metric table', async () => {
  for (const [path, content] of Object.entries(dashboardFiles())) {
    const name = path.split('/').at(-1)?.replace('.json', '') ?? '';
    expect(await dashboardText(name), path).toBe(content);
  }
});

it('is the same at every run', () => {
  expect(dashboardFiles()).toEqual(dashboardFiles());
});

it('cannot name a metric or a label that is not in the table', () => {
  expect(() => query('sum(rate(defender_client_erors_total[5m]))')).toThrow(
    'there is no metric defender_client_erors_total',
  );
  expect(() => query('sum by (cod) (rate(defender_client_errors_total[5m]))')).toThrow(
    'no metric of the query has the label cod',
  );
  expect(() => query('defender_client_errors_total{clas="auth"}')).toThrow(
    'defender_client_errors_total has no label clas',
  );
});

describe.each(dashboardNames)('%s', (name) => {
  const board = dashboard(name);

  it('names only metrics and labels of the table', async () => {
    const queries = [
      ...targetsOf(await board).map(({ target }) => target.expr),
      ...(await board).annotations.list.map(({ expr }) => expr),
      ...(await board).templating.list
        .filter(({ type }) => type === 'query')
        .map((variable) => labelValues(variable.query).selector),
    ];
    expect(queries.flatMap((expr) => unknownNames(expr, dashboardVocabulary))).toEqual([]);
  });

  it('has panels with distinct numbers, in a grid without gaps or overlaps', async () => {
    const { panels } = await board;
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from(
        { length: w * h },
        (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    const rows = new Map<number, number>();
    for (const { gridPos } of panels) rows.set(gridPos.y, (rows.get(gridPos.y) ?? 0) + gridPos.w);
    expect(new Set(rows.values())).toEqual(new Set([24]));
  });

  it('has queries that Prometheus can parse', async (context) => {
    const promtool = await need(context, 'promtool');
    const expressions = [
      ...targetsOf(await board).map(({ target }) => target.expr),
      ...(await board).annotations.list.map(({ expr }) => expr),
      ...(await board).templating.list
        .filter(({ type }) => type === 'query')
        .map((variable) => labelValues(variable.query).selector),
    ].map((expr) => interpolated(expr));
    const directory = await mkdtemp(join(tmpdir(), 'queries-'));
    try {
      const path = join(directory, 'rules.yaml');
      const rules = expressions.map((expr, index) => ({ record: `query:${index}`, expr }));
      await writeFile(path, stringify({ groups: [{ name: 'queries', rules }] }));
      const { ok, output } = await outcomeOf(promtool, ['check', 'rules', path]);
      expect(ok, output).toBe(true);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

// The rules of github.com/grafana/dashboard-linter, by their names there.
describe.each(dashboardNames)('%s, as the linter would have it', (name) => {
  const board = dashboard(name);

  it('template-datasource-rule', async () => {
    const sources = (await board).templating.list.filter(({ type }) => type === 'datasource');
    expect(sources).toMatchObject([
      { name: 'datasource', label: 'Data source', query: 'prometheus' },
    ]);
  });

  it.each(['Job', 'Instance', 'Operation', 'Code'])('template-%s-rule', async (label) => {
    const variable = (await board).templating.list.find(
      (candidate) => candidate.name === label.toLowerCase(),
    );
    expect(variable).toMatchObject({
      type: 'query',
      label,
      multi: true,
      allValue: '.+',
      datasource: { uid: '$datasource' },
    });
  });

  it('template-label-promql-rule', async () => {
    for (const { type, query: text } of (await board).templating.list) {
      if (type === 'query') expect(() => labelValues(text)).not.toThrow();
    }
  });

  it('template-on-time-change-reload-rule', async () => {
    const variables = (await board).templating.list.filter(({ type }) => type === 'query');
    expect(new Set(variables.map(({ refresh }) => refresh))).toEqual(new Set([2]));
  });

  it('template-unused-rule', async () => {
    const text = await dashboardText(name);
    const unused = (await board).templating.list.filter(
      (variable) => !text.includes(`$${variable.name}`),
    );
    expect(unused).toEqual([]);
  });

  it('panel-datasource-rule', async () => {
    const sources = [
      ...queryingPanels(await board).map(({ datasource }) => datasource?.uid),
      ...targetsOf(await board).map(({ target }) => target.datasource?.uid),
      ...(await board).annotations.list.map(({ datasource }) => datasource.uid),
    ];
    expect(new Set(sources)).toEqual(new Set(['$datasource']));
  });

  it('panel-title-description-rule', async () => {
    const bare = panelsOf(await board).filter(({ title, description }) => !title || !description);
    expect(bare).toEqual([]);
  });

  it('panel-units-rule', async () => {
    for (const { title, fieldConfig } of queryingPanels(await board)) {
      expect(UNITS, title).toContain(fieldConfig?.defaults.unit);
      const overridden = (fieldConfig?.overrides ?? [])
        .flatMap(({ properties }) => properties)
        .filter(({ id }) => id === 'unit');
      for (const { value } of overridden) expect(UNITS, title).toContain(value);
    }
  });

  it('panel-no-targets-rule', async () => {
    const empty = queryingPanels(await board).filter(({ targets = [] }) => targets.length === 0);
    expect(empty).toEqual([]);
  });

  it('target-job-rule and target-instance-rule', async () => {
    for (const { target } of targetsOf(await board)) {
      const selectors = [...target.expr.matchAll(SELECTOR)];
      expect(selectors.length, target.expr).toBeGreaterThan(0);
      for (const [, matchers] of selectors) {
        expect(matchers).toContain('job=~"$job"');
        expect(matchers).toContain('instance=~"$instance"');
      }
    }
  });

  it('target-rate-interval-rule', async () => {
    for (const { target } of targetsOf(await board)) {
      for (const [, range] of target.expr.matchAll(RATE)) expect(range).toBe('$__rate_interval');
    }
  });

  it('target-counter-agg-rule', async () => {
    for (const { target } of targetsOf(await board)) {
      const counters = target.expr.match(COUNTER) ?? [];
      expect(target.expr.match(AGGREGATED) ?? [], target.expr).toHaveLength(counters.length);
    }
  });

  it('uneditable-dashboard-rule', async () => {
    expect((await board).editable).toBe(false);
  });
});

it('draws exemplars only where one metric is asked for', async () => {
  const boards = await Promise.all(dashboardNames.map(dashboard));
  const exemplary = boards.flatMap(targetsOf).filter(({ target }) => target.exemplar);
  expect(exemplary.length).toBeGreaterThan(5);
  for (const { target } of exemplary) {
    expect(interpolated(target.expr, ANYTHING).match(SELECTOR), target.expr).toHaveLength(1);
  }
});
