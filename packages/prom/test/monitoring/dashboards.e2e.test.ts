import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ANYTHING,
  committedOf,
  dashboard,
  interpolated,
  labelValues,
  markedBy,
  targetsOf,
} from './dashboard-model.ts';
import { type PastLab, startPastLab } from './lab/history/past.ts';
import { trouble } from './lab/history/scenarios.ts';
import type { Series } from './lab/prometheus.ts';
import { find, need } from './tools.ts';

// The client, the simulator and Prometheus are real; their two hours pass in seconds.
const MINUTES = 120;
const PATIENCE_MS = 120_000;
const VALUES = { ...ANYTHING, __rate_interval: '4m', __range: `${MINUTES}m` };

function expectNumbers(series: readonly Series[]): void {
  expect(series.length, 'series').toBeGreaterThan(0);
  const values = series.flatMap(({ samples }) => samples.map(([, value]) => Number(value)));
  expect(values.length, 'samples').toBeGreaterThan(0);
  expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
}

const sources = await Promise.all(
  (['prom', 'otlp'] as const).map(async (source) => ({
    source,
    boards: await Promise.all(committedOf(source).map(({ name }) => dashboard(name))),
  })),
);

describe.each(sources)('with metrics of $source', ({ source, boards }) => {
  let lab: PastLab | undefined;

  function running(): PastLab {
    if (lab === undefined) throw new Error('Prometheus did not start');
    return lab;
  }

  function shown(): { readonly from: number; readonly to: number; readonly step: number } {
    const { to } = running();
    return { from: to - MINUTES * 60, to, step: 120 };
  }

  beforeAll(async () => {
    const prometheus = await find('prometheus');
    if (prometheus === undefined) return;
    lab = await startPastLab(prometheus, { scenario: trouble, source, minutes: MINUTES });
  }, PATIENCE_MS);

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  beforeEach(async (context) => {
    await need(context, 'prometheus');
  });

  describe.each(boards)('$title', (board) => {
    it.each(targetsOf(board).map(({ panel, target }) => ({ title: panel.title, ...target })))(
      'shows data in $title, query $refId',
      async ({ expr, instant }) => {
        const query = interpolated(expr, VALUES);
        const { api, to } = running();
        expectNumbers(instant ? await api.query(query, to) : await api.range(query, shown()));
      },
    );

    it.each(markedBy(board))('marks $name', async ({ expr }) => {
      expectNumbers(await running().api.range(interpolated(expr, VALUES), shown()));
    });

    it.each(board.templating.list.filter(({ type }) => type === 'query'))(
      'offers values for $name',
      async ({ name, query }) => {
        const { selector, label } = labelValues(query);
        const { api } = running();
        const values = await api.labelValues(label, interpolated(selector, VALUES));
        // The program does not run in a cluster.
        if (name === 'cluster' || name === 'namespace') expect(values).toEqual([]);
        else expect(values.length).toBeGreaterThan(0);
      },
    );

    it.each(
      targetsOf(board)
        .filter(({ target }) => target.exemplar)
        .map(({ panel, target }) => ({ title: panel.title, expr: target.expr })),
    )('has tracking IDs in $title', async ({ expr }) => {
      const { from, to } = shown();
      const found = await running().api.exemplars(interpolated(expr, VALUES), from, to);
      const ids = found.filter(({ labels }) => 'tracking_id' in labels || 'trace_id' in labels);
      expect(ids.length).toBeGreaterThan(0);
    });
  });

  it('tells which operation fails, for whom, since when and with which code', async () => {
    const state = boards[0]?.panels.find(({ title }) => title === 'State of each operation');
    const { api, to } = running();
    const [row] = (
      await api.query(interpolated(state?.targets?.[0]?.expr ?? '', VALUES), to)
    ).filter(({ metric }) => Object.values(metric).includes('Forbidden'));
    expect(Object.values(row?.metric ?? {}).sort()).toEqual(
      ['Forbidden', 'fabrikam', 'incidents.list', 'soar'].sort(),
    );
    // Every third minute of the last forty.
    expect(Number(row?.samples[0]?.[1])).toBe(13);
  });
});
