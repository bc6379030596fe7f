import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Client, startClient } from './client.ts';
import { eventually, freePort, listen, type Running, start } from './processes.ts';
import { PrometheusApi } from './prometheus.ts';
import { hurriedRules } from './rules.ts';

/** One alert as Alertmanager sends it to a webhook. */
export interface Message {
  readonly receiver: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The programs' paths. */
export interface Programs {
  readonly prometheus: string;
  /** Left out: alerts go nowhere. */
  readonly alertmanager?: string;
}

/** A client, and the real Prometheus and Alertmanager that watch it. */
export interface Lab extends AsyncDisposable {
  readonly client: Client;
  readonly prometheus: Running;
  readonly api: PrometheusApi;
  /** What Alertmanager has sent. */
  readonly messages: readonly Message[];
}

const DOCS = new URL('../../../../../docs/monitoring/', import.meta.url);

/** What is replaced of the documented configurations; all else is run as it is. */
interface AlertmanagerConfig {
  readonly route: object;
  readonly receivers: readonly { readonly name: string }[];
}

async function documented(name: string): Promise<object> {
  return parse(await readFile(new URL(name, DOCS), 'utf8')) as object;
}

interface Webhook {
  readonly url: string;
  readonly messages: Message[];
  close(): void;
}

/** Receives what Alertmanager sends. */
export async function startWebhook(): Promise<Webhook> {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        receiver: string;
        alerts: Omit<Message, 'receiver'>[];
      };
      messages.push(...body.alerts.map((alert) => ({ ...alert, receiver: body.receiver })));
      response.end();
    });
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return { url, messages, close: () => server.close() };
}

/** Starts Alertmanager as documented, but in a hurry, with the webhook as every receiver. */
export async function startAlertmanager(
  path: string,
  folder: string,
  webhook: Webhook,
): Promise<Running> {
  const config = (await documented('alertmanager.yml')) as AlertmanagerConfig;
  const route = { ...config.route, group_wait: '1s', group_interval: '1s' };
  const receivers = config.receivers.map(({ name }) => ({
    name,
    webhook_configs: [{ url: webhook.url }],
  }));
  const file = join(folder, 'alertmanager.yml');
  await writeFile(file, stringify({ ...config, route, receivers }));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ];
  return start(path, args, `http://${address}`);
}

/** What Prometheus scrapes and evaluates. */
interface PrometheusSetup {
  readonly scrapeConfigs: readonly object[];
  /** Rule files by name. */
  readonly rules: Readonly<Record<string, string>>;
  readonly alertmanager: Running | undefined;
  /** More of its global configuration. */
  readonly global?: object;
  /** More of its command line. */
  readonly args?: readonly string[];
}

/** Starts Prometheus as documented, but scraping each second. */
export async function startPrometheus(
  path: string,
  folder: string,
  { scrapeConfigs, rules, alertmanager, global = {}, args: more = [] }: PrometheusSetup,
): Promise<Running> {
  const config = await documented('prometheus.yml');
  const alertmanagers =
    alertmanager === undefined
      ? []
      : [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }];
  const file = join(folder, 'prometheus.yml');
  await mkdir(join(folder, 'rules'));
  for (const [name, text] of Object.entries(rules)) {
    await writeFile(join(folder, 'rules', name), text);
  }
  await writeFile(
    file,
    stringify({
      ...config,
      global: { scrape_interval: '1s', evaluation_interval: '1s', ...global },
      rule_files: ['rules/*'],
      alerting: { alertmanagers },
      scrape_configs: scrapeConfigs,
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
    `--web.external-url=http://${address}`,
    '--web.cors.origin=.*',
    '--enable-feature=exemplar-storage',
    ...more,
  ];
  return start(path, args, `http://${address}`);
}

/** Starts everything, and waits until the client has been scraped. */
export async function startLab(programs: Programs): Promise<Lab> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'lab-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const webhook = await startWebhook();
  stack.defer(() => webhook.close());
  const client = stack.use(await startClient());
  const alertmanager =
    programs.alertmanager === undefined
      ? undefined
      : stack.use(await startAlertmanager(programs.alertmanager, folder, webhook));
  const prometheus = stack.use(
    await startPrometheus(programs.prometheus, folder, {
      scrapeConfigs: [{ job_name: 'soar', static_configs: [{ targets: [client.target] }] }],
      rules: { 'defender-client.yaml': hurriedRules() },
      alertmanager,
    }),
  );
  const api = new PrometheusApi(prometheus.url);
  await eventually('The client is scraped', async () => {
    const [series] = await api.query('defender_client_info');
    return series;
  });
  const owned = stack.move();
  return {
    client,
    prometheus,
    api,
    messages: webhook.messages,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
