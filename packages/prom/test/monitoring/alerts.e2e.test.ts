import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { type Message, startAlertmanager, startPrometheus, startWebhook } from './lab/lab.ts';
import { eventually, freePort } from './lab/processes.ts';
import { PrometheusApi } from './lab/prometheus.ts';
import { hurriedRules } from './lab/rules.ts';
import { need } from './tools.ts';

// Real processes and real time, in which a minute is a second: a client that polls every three minutes.
const POLL_MS = 3_000;
const PROGRAM = fileURLToPath(new URL('lab/tenant-program.ts', import.meta.url));
const TENANTS = ['contoso', 'fabrikam', 'tailspin'] as const;
const VICTIM = 'fabrikam';
/** More than must be known: a Prometheus that is late for a second loses the calls of that second. */
const FIRST_CALLS = 60;

/** The rules of both plugins, which would otherwise read each other's metrics. */
const SOURCES = {
  poller: { selector: 'job="poller"' },
  'poller-otlp': { selector: 'job="poller-otlp"', source: 'otlp', recordPrefix: 'otlp' },
} as const;

interface Lab extends AsyncDisposable {
  readonly simulators: Readonly<Record<string, Simulator>>;
  readonly messages: readonly Message[];
  readonly api: PrometheusApi;
  restartProgram(): Promise<void>;
}

class Program implements AsyncDisposable {
  readonly #child: ChildProcess;

  constructor(port: number, firstCalls: number, simulators: Readonly<Record<string, Simulator>>) {
    const tenants = Object.entries(simulators).map(([tenant, { url }]) => `${tenant}=${url}`);
    const argv = [String(port), String(POLL_MS), String(firstCalls), ...tenants];
    const conditions = '--conditions=@defender-resilience/source';
    this.#child = spawn(process.execPath, [conditions, PROGRAM, ...argv], { stdio: 'inherit' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

async function startLab(prometheusPath: string, alertmanagerPath: string): Promise<Lab> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const simulators: Record<string, Simulator> = {};
  for (const tenant of TENANTS) {
    const simulator = await startSimulator({ quotas: 'off' });
    stack.defer(() => simulator.close({ ignoreUnconsumed: true }));
    simulators[tenant] = simulator;
  }
  const webhook = await startWebhook();
  stack.defer(() => webhook.close());
  const port = await freePort();
  let program = new Program(port, FIRST_CALLS, simulators);
  stack.defer(() => program[Symbol.asyncDispose]());
  const alertmanager = stack.use(await startAlertmanager(alertmanagerPath, folder, webhook));
  const scrape = (job: string, path: string): object => ({
    job_name: job,
    metrics_path: path,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  });
  const prometheus = stack.use(
    await startPrometheus(prometheusPath, folder, {
      scrapeConfigs: [scrape('poller', '/metrics'), scrape('poller-otlp', '/otlp')],
      rules: {
        'prom.yaml': hurriedRules(SOURCES.poller),
        'otlp.yaml': hurriedRules(SOURCES['poller-otlp']),
      },
      alertmanager,
    }),
  );
  const owned = stack.move();
  return {
    simulators,
    messages: webhook.messages,
    api: new PrometheusApi(prometheus.url),
    async restartProgram() {
      await program[Symbol.asyncDispose]();
      program = new Program(port, 0, simulators);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Waits until Prometheus knows the first calls of each tenant. */
async function known({ api, simulators }: Lab): Promise<void> {
  await eventually(
    'The first calls are over',
    async () =>
      Object.values(simulators).every(({ requests }) => requests.length >= FIRST_CALLS) ||
      undefined,
  );
  for (const prefix of ['defender', 'otlp']) {
    await eventually(`${prefix} knows the calls`, async () => {
      const series = await api.query(`${prefix}:calls:sum3d >= 25`);
      return series.length === TENANTS.length ? series : undefined;
    });
  }
}

const about =
  (job: string, status: string) =>
  ({ labels, status: its }: Message): boolean =>
    labels['job'] === job && its === status;

/** Takes the victim's permission away, restarts the program meanwhile, and gives it back. */
async function play(lab: Lab): Promise<{ readonly callsUntilTold: number }> {
  const { messages } = lab;
  const victim = lab.simulators[VICTIM];
  if (victim === undefined) throw new Error('There is no victim');
  await known(lab);
  const jobs = Object.keys(SOURCES);
  const before = victim.requests.length;
  victim.faults({ probability: 1, codes: ['Forbidden'] });
  await Promise.all(
    jobs.map((job) => eventually(`${job} fires`, async () => messages.find(about(job, 'firing')))),
  );
  const callsUntilTold = victim.requests.length - before;
  await lab.restartProgram();
  const refused = victim.requests.length;
  await eventually('The new process is refused twice', async () =>
    victim.requests.length >= refused + 2 ? true : undefined,
  );
  victim.faults(undefined);
  await Promise.all(
    jobs.map((job) =>
      eventually(`${job} resolves`, async () => messages.find(about(job, 'resolved')), 60_000),
    ),
  );
  return { callsUntilTold };
}

describe('a permission that is taken from one of three tenants of a slow poller', () => {
  it('is told once, with its tenant and the way to its tracking IDs, and resolves when it is back', {
    timeout: 180_000,
  }, async (context) => {
    await using lab = await startLab(
      await need(context, 'prometheus'),
      await need(context, 'prometheus-alertmanager'),
    );
    const { callsUntilTold } = await play(lab);
    // Told within two polls: before the fourth refused call, when the second is what it fires at.
    expect(callsUntilTold).toBeLessThanOrEqual(3);
    for (const job of Object.keys(SOURCES)) {
      const told = lab.messages.filter(({ labels }) => labels['job'] === job);
      expect(told.map(({ status, labels }) => [status, labels['alertname']])).toEqual([
        ['firing', 'DefenderAccessLost'],
        ['resolved', 'DefenderAccessLost'],
      ]);
      expect(told[0]?.labels).toEqual({
        alertname: 'DefenderAccessLost',
        class: 'permission',
        code: 'Forbidden',
        job,
        operation: 'incidents.list',
        severity: 'warning',
        tenant: VICTIM,
      });
      expect(told[0]?.annotations['description']).toBe(
        `incidents.list, tenant ${VICTIM}, job ${job}: the last 2 calls all ended with Forbidden. It worked within the last 8d.`,
      );
    }
    await leadsToTrackingIds(lab);
  });
});

interface Exemplars {
  readonly data: readonly {
    readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[];
  }[];
}

async function leadsToTrackingIds({ messages, simulators }: Lab): Promise<void> {
  const ids = simulators[VICTIM]?.trackingIds;
  const annotations = messages.find(about('poller', 'firing'))?.annotations ?? {};
  const exemplars = (await (await fetch(annotations['exemplars_url'] ?? '')).json()) as Exemplars;
  const found = exemplars.data.flatMap((series) =>
    series.exemplars.map(({ labels }) => labels['tracking_id']),
  );
  expect(found.length).toBeGreaterThan(0);
  expect(ids).toEqual(expect.arrayContaining(found));
  const recent = await (await fetch(annotations['recent_errors']?.trim() ?? '')).text();
  expect(ids?.some((id) => recent.includes(id))).toBe(true);
  const otlp = messages.find(about('poller-otlp', 'firing'))?.annotations ?? {};
  expect(otlp['tracking_ids']).toBe(
    'Search the traces for spans with error.type = Forbidden and defender.operation = incidents.list: defender.tracking_id has the ID.',
  );
}
