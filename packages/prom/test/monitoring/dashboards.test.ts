import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { unknownNames } from '../../monitoring/check-query.ts';
import { dashboardFiles } from '../../monitoring/dashboards/file.ts';
import {
  committed,
  dashboard,
  dashboardText,
  expressionsOf,
  interpolated,
  labelValues,
  markedBy,
  panelsOf,
  queryingPanels,
  targetsOf,
} from './dashboard-model.ts';
import { need, outcomeOf } from './tools.ts';
import { vocabularyOf } from './vocabulary-of.ts';

/** The units of Grafana that the dashboards use, of those that its linter knows. */
const UNITS = [
  ...['none', 'short', 'percentunit', 's', 'opm'],
  ...['dateTimeFromNow', 'dateTimeAsIsoNoDateIfToday'],
];

const SELECTOR = /([a-zA-Z_:]+[\w:]*)\{([^}]*)\}/g;

/** The series of one process; the others are recorded or made by Prometheus, by grouping label. */
const OF_A_PROCESS = /^defender_client_/;
const RATE = /\b(?:rate|irate)\([^[]*\[([^\]]*)\]\)/g;
const COUNTER = /\b\w+_total\b/g;
const AGGREGATED = /\b(?:rate|irate|increase)\(\w+_total\{[^}]*\}\[[^\]]*\](?: @ end\(\))?\)/g;

it('is what the generator makes of the metric table', async () => {
  const files = Object.entries(dashboardFiles());
  expect(files).toHaveLength(committed.length);
  for (const [path, content] of files) {
    const name = path.replace('packages/prom/dashboards/', '').replace('.json', '');
    expect(await dashboardText(name), path).toBe(content);
  }
});

it('is the same at every run', () => {
  expect(dashboardFiles()).toEqual(dashboardFiles());
});

describe.each(committed)('$name', ({ name, source }) => {
  const board = dashboard(name);

  it('names only metrics and labels that its source has', async () => {
    const vocabulary = vocabularyOf(source);
    expect(expressionsOf(await board).flatMap((expr) => unknownNames(expr, vocabulary))).toEqual(
      [],
    );
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
    const expressions = expressionsOf(await board).map((expr) => interpolated(expr));
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
describe.each(committed)('$name, as the linter would have it', ({ name }) => {
  const board = dashboard(name);

  it('template-datasource-rule', async () => {
    const sources = (await board).templating.list.filter(({ type }) => type === 'datasource');
    expect(sources).toMatchObject([
      { name: 'datasource', label: 'Data source', query: 'prometheus' },
    ]);
  });

  it.each(['Cluster', 'Namespace', 'Job', 'Tenant', 'Instance', 'Operation', 'Code'])(
    'template-%s-rule',
    async (label) => {
      const variable = (await board).templating.list.find(
        (candidate) => candidate.name === label.toLowerCase(),
      );
      expect(variable).toMatchObject({
        type: 'query',
        label,
        multi: true,
        allValue: '.*',
        datasource: { uid: '$datasource' },
      });
    },
  );

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
      ...markedBy(await board).map(({ datasource }) => datasource.uid),
    ];
    // The table of tracking IDs shows the data of another panel.
    const others = sources.filter((uid) => uid !== '-- Dashboard --');
    expect(new Set(others)).toEqual(new Set(['$datasource']));
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
      for (const [, metric = '', matchers] of selectors) {
        expect(matchers).toContain('job=~"$job"');
        if (OF_A_PROCESS.test(metric)) expect(matchers).toContain('instance=~"$instance"');
      }
    }
  });

  it('target-rate-interval-rule', async () => {
    for (const { target } of targetsOf(await board)) {
      const ranges = [...target.expr.matchAll(RATE)].map(([, range]) => range);
      // A number or a cell shows the whole time of the dashboard.
      const allowed = target.instant ? ['$__range', '$__rate_interval'] : ['$__rate_interval'];
      for (const range of ranges) expect(allowed).toContain(range);
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

it('draws exemplars only where one metric is asked for, and beside no bars', async () => {
  const boards = await Promise.all(committed.map(({ name }) => dashboard(name)));
  const exemplary = boards.flatMap(targetsOf).filter(({ target }) => target.exemplar);
  expect(exemplary.length).toBeGreaterThan(3);
  for (const { panel, target } of exemplary) {
    expect(interpolated(target.expr).match(SELECTOR), target.expr).toHaveLength(1);
    expect(JSON.stringify(panel), panel.title).not.toContain('"drawStyle":"bars"');
  }
});
