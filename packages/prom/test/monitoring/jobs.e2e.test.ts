import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { RulesOptions } from '../../monitoring/index.ts';
import { startPrometheus } from './lab/lab.ts';
import { byPushgateway, byTextfile, type Delivery, night, startAgent } from './lab/nights.ts';
import { eventually } from './lab/processes.ts';
import { PrometheusApi } from './lab/prometheus.ts';
import { hurriedRules } from './lab/rules.ts';
import { majorOf, need } from './tools.ts';

// Real programs and real time, in which a minute is a second.
const ROW = 'defender:failures_in_row:max{class="permission"}';

async function temporary(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const has = (api: PrometheusApi, what: string, expr: string): Promise<unknown> =>
  eventually(what, async () => (await api.query(expr))[0]);

/** Two good nights, of as many calls; one in which all are refused; and a good one. */
async function fourNights(
  api: PrometheusApi,
  deliver: Delivery['deliver'],
  { job, counts }: { readonly job: string; readonly counts: boolean },
): Promise<void> {
  await deliver(await night(30));
  await has(api, 'The first night is known', 'defender:last_success:timestamp');
  await deliver(await night(30));
  if (counts) await has(api, 'The calls of the second are counted', 'defender:calls:sum3d >= 30');
  await deliver(await night(3, 'Forbidden'));
  const firing = await eventually('The third night fires', async () =>
    (await api.alerts()).find(
      ({ labels, state }) => labels['alertname'] === 'DefenderAccessLost' && state === 'firing',
    ),
  );
  expect(firing.labels).toMatchObject({
    job,
    tenant: 'contoso',
    operation: 'incidents.list',
    code: 'Forbidden',
  });
  await deliver(await night(30));
  await has(api, 'The fourth night ends the row', `${ROW} == 0`);
}

interface Recipe {
  readonly name: string;
  readonly tool: 'prometheus-pushgateway' | 'prometheus-node-exporter';
  readonly by: typeof byPushgateway;
  readonly job: string;
}

const RECIPES: readonly Recipe[] = [
  { name: 'a Pushgateway', tool: 'prometheus-pushgateway', by: byPushgateway, job: 'nightly' },
  {
    name: 'a file of node_exporter',
    tool: 'prometheus-node-exporter',
    by: byTextfile,
    job: 'node',
  },
];

const PATIENCE = { timeout: 120_000 };

async function agentCase(context: TestContext): Promise<void> {
  const program = await need(context, 'prometheus');
  await using stack = new AsyncDisposableStack();
  const folder = await temporary(stack);
  // Samples that are written remotely are late. Before query_offset (2.53) rules lose what came meanwhile, which
  // is nearly everything where a minute is a second: only the state of clients is right.
  const isOffset = (await majorOf(program)) >= 3;
  const options: RulesOptions = isOffset ? {} : { thresholds: { chance: 1 } };
  const receiver = stack.use(
    await startPrometheus(program, folder, {
      scrapeConfigs: [],
      rules: { 'defender-client.yaml': hurriedRules(options) },
      alertmanager: undefined,
      global: isOffset ? { rule_query_offset: '5s' } : {},
      args: ['--web.enable-remote-write-receiver'],
    }),
  );
  const agent = stack.use(await startAgent(program, folder, receiver));
  const api = new PrometheusApi(receiver.url);
  await fourNights(api, agent.deliver, { job: 'agent', counts: isOffset });
}

describe('a job that is refused for a night', () => {
  it.concurrent.for(RECIPES)(
    'is told through $name',
    PATIENCE,
    async ({ tool, by, job }, context) => {
      const program = await need(context, 'prometheus');
      await using stack = new AsyncDisposableStack();
      const folder = await temporary(stack);
      const { scrapeConfigs, deliver } = await by(await need(context, tool), folder, stack);
      const prometheus = await startPrometheus(program, folder, {
        scrapeConfigs,
        rules: { 'defender-client.yaml': hurriedRules() },
        alertmanager: undefined,
      });
      stack.use(prometheus);
      await fourNights(new PrometheusApi(prometheus.url), deliver, { job, counts: true });
    },
  );

  it.concurrent('is told through an agent that writes to another Prometheus', PATIENCE, agentCase);
});
