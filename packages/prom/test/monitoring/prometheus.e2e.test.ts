import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  dashboard,
  dashboardNames,
  interpolated,
  labelValues,
  targetsOf,
  type Values,
} from './dashboard-model.ts';
import { TRACE_ID } from './lab/client.ts';
import { everyday, steady, trouble } from './lab/drive.ts';
import { type Lab, type Message, startLab } from './lab/lab.ts';
import { eventually, pause } from './lab/processes.ts';
import type { ActiveAlert, Series } from './lab/prometheus.ts';
import { find, need } from './tools.ts';

// Everything is real here, time included: a client is scraped by Prometheus and alerts by Alertmanager.
const PATIENCE_MS = 90_000;

/** Longer than the most patient alert, ten minutes, hurried. */
const QUIET_MS = 17_000;

const RANGE_SECONDS = 120;

const VALUES: Values = {
  job: '.+',
  instance: '.+',
  operation: '.+',
  code: '.+',
  __rate_interval: '15s',
  __range: `${RANGE_SECONDS}s`,
};

const boards = await Promise.all(dashboardNames.map(dashboard));

let lab: Lab | undefined;
let quiet: { readonly firing: readonly ActiveAlert[]; readonly messages: number } | undefined;

function running(): Lab {
  if (lab === undefined) throw new Error('The lab did not start');
  return lab;
}

/** The time that the dashboards are looked at, with what happened in it. */
function shown(): { readonly from: number; readonly to: number; readonly step: number } {
  const to = Date.now() / 1_000;
  return { from: to - RANGE_SECONDS, to, step: 5 };
}

async function message(name: string): Promise<Message> {
  return eventually(`${name} reaches the webhook`, async () =>
    running().messages.find(({ labels: { alertname } }) => alertname === name),
  );
}

function expectNumbers(series: readonly Series[]): void {
  expect(series.length, 'series').toBeGreaterThan(0);
  const values = series.flatMap(({ samples }) => samples.map(([, value]) => Number(value)));
  expect(values.length, 'samples').toBeGreaterThan(0);
  expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
}

beforeAll(async () => {
  const [prometheus, alertmanager] = await Promise.all([
    find('prometheus'),
    find('prometheus-alertmanager'),
  ]);
  if (prometheus === undefined || alertmanager === undefined) return;
  lab = await startLab({ prometheus, alertmanager });
  const stop = new AbortController();
  const calls = steady(lab.client, stop.signal);
  await Promise.all([everyday(lab.client), pause(QUIET_MS)]);
  const firing = (await lab.api.alerts()).filter(({ state }) => state === 'firing');
  quiet = { firing, messages: lab.messages.length };
  await trouble(lab.client);
  await Promise.all([message('DefenderForbiddenSpike'), message('DefenderDisabledFeatureSpike')]);
  stop.abort();
  await calls;
}, PATIENCE_MS);

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

beforeEach(async (context) => {
  await need(context, 'prometheus');
  await need(context, 'prometheus-alertmanager');
});

describe('alerts through Alertmanager', () => {
  it('are none on a quiet day', () => {
    expect(quiet).toEqual({ firing: [], messages: 0 });
  });

  it.each([
    ['DefenderForbiddenSpike', 'Forbidden'],
    ['DefenderDisabledFeatureSpike', 'DisabledFeature'],
  ])('%s names the code and leads to the dashboard', async (name, code) => {
    const { receiver, status, labels, annotations } = await message(name);
    const { description, dashboard_url: dashboardUrl } = annotations;
    expect({ receiver, status }).toEqual({ receiver: 'team', status: 'firing' });
    expect(labels).toMatchObject({ job: 'soar', code, severity: 'warning' });
    expect(description).toMatch(new RegExp(`^\\d+ calls of soar ended with ${code}`));
    expect(dashboardUrl).toContain(`var-job=soar&var-code=${code}`);
  });
});

describe.each(boards)('$title', (board) => {
  it.each(targetsOf(board).map(({ panel, target }) => ({ title: panel.title, ...target })))(
    'shows data in $title, query $refId',
    async ({ expr, instant }) => {
      const query = interpolated(expr, VALUES);
      const { api } = running();
      expectNumbers(instant ? await api.query(query) : await api.range(query, shown()));
    },
  );

  it.each(board.annotations.list)('marks $name', async ({ expr }) => {
    expectNumbers(await running().api.range(interpolated(expr, VALUES), shown()));
  });

  it.each(board.templating.list.filter(({ type }) => type === 'query'))(
    'offers values for $name',
    async ({ query }) => {
      const { selector, label } = labelValues(query);
      const values = await running().api.labelValues(label, interpolated(selector, VALUES));
      expect(values.length).toBeGreaterThan(0);
    },
  );
});

describe('exemplars', () => {
  it.each(['Forbidden', 'DisabledFeature'])(
    'of %s are tracking IDs of its very calls',
    async (code) => {
      const { api, client } = running();
      const { from, to } = shown();
      const found = await api.exemplars(`defender_client_errors_total{code="${code}"}`, from, to);
      expect(found.length).toBeGreaterThan(0);
      const ids = found.map(({ labels: { tracking_id: id } }) => id);
      expect(client.trackingIds.get(code)).toEqual(expect.arrayContaining(ids));
      expect(client.simulator.trackingIds).toEqual(expect.arrayContaining(ids));
      expect(new Set(found.map(({ labels: { trace_id: id } }) => id))).toEqual(new Set([TRACE_ID]));
    },
  );

  it.each(
    boards.flatMap((board) =>
      targetsOf(board)
        .filter(({ target }) => target.exemplar)
        .map(({ panel, target }) => ({
          board: board.title,
          title: panel.title,
          expr: target.expr,
        })),
    ),
  )('are there for $title of $board', async ({ expr }) => {
    const { from, to } = shown();
    const found = await running().api.exemplars(interpolated(expr, VALUES), from, to);
    expect(found.some(({ labels }) => 'tracking_id' in labels || 'trace_id' in labels)).toBe(true);
  });
});
