import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TRACE_ID } from './lab/client.ts';
import { everyday, steady, trouble } from './lab/drive.ts';
import { type Lab, startLab } from './lab/lab.ts';
import { pause } from './lab/processes.ts';
import type { ActiveAlert } from './lab/prometheus.ts';
import { find, need } from './tools.ts';

// Everything is real here, time included: a client is scraped by Prometheus and alerts by Alertmanager.
const PATIENCE_MS = 90_000;

/** Longer than most alerts wait here, where a minute is a second. */
const QUIET_MS = 17_000;

const RANGE_SECONDS = 120;

let lab: Lab | undefined;
let quiet: { readonly firing: readonly ActiveAlert[]; readonly messages: number } | undefined;

function running(): Lab {
  if (lab === undefined) throw new Error('The lab did not start');
  return lab;
}

/** The time in which everything happened. */
function shown(): { readonly from: number; readonly to: number } {
  const to = Date.now() / 1_000;
  return { from: to - RANGE_SECONDS, to };
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
});
