import { rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { Pushgateway, Registry } from 'prom-client';
import { stringify } from 'yaml';
import { promObserver } from '../../../src/index.ts';
import { majorOf } from '../tools.ts';
import { freePort, listen, type Running, start } from './processes.ts';

/** How the metrics of a job come to the Prometheus that has the rules. */
export interface Delivery {
  readonly scrapeConfigs: readonly object[];
  /** Leaves what a run has counted. */
  deliver(register: Registry): Promise<void>;
}

/** One run of a job: calls of one operation that all end alike, in a registry of its own. */
export async function night(calls: number, code?: string): Promise<Registry> {
  const simulator = await startSimulator({ quotas: 'off' });
  if (code !== undefined) simulator.faults({ probability: 1, codes: [code] });
  const register = new Registry();
  const observer = promObserver({
    register,
    exemplars: false,
    constantLabels: { tenant: 'contoso' },
  });
  const { wrapFetch } = createResilience({ observers: [observer] });
  const list = wrapFetch(() => fetch(`${simulator.url}/api/incidents`));
  for (let call = 0; call < calls; call += 1) {
    const response = await list('https://api.security.microsoft.com/api/incidents');
    await response.arrayBuffer();
  }
  await simulator.close({ ignoreUnconsumed: true });
  return register;
}

/** Each run pushes to a Pushgateway, which keeps it. */
export async function byPushgateway(
  path: string,
  _folder: string,
  stack: AsyncDisposableStack,
): Promise<Delivery> {
  const host = `127.0.0.1:${await freePort()}`;
  stack.use(await start(path, [`--web.listen-address=${host}`], `http://${host}`));
  return {
    scrapeConfigs: [
      { job_name: 'pushgateway', honor_labels: true, static_configs: [{ targets: [host] }] },
    ],
    deliver: async (register) => {
      await new Pushgateway(`http://${host}`, {}, register).pushAdd({ jobName: 'nightly' });
    },
  };
}

/** Each run writes a file that node_exporter serves. */
export async function byTextfile(
  path: string,
  folder: string,
  stack: AsyncDisposableStack,
): Promise<Delivery> {
  const host = `127.0.0.1:${await freePort()}`;
  const args = [
    '--collector.disable-defaults',
    '--collector.textfile',
    `--collector.textfile.directory=${folder}`,
    `--web.listen-address=${host}`,
  ];
  stack.use(await start(path, args, `http://${host}`, '/'));
  return {
    scrapeConfigs: [{ job_name: 'node', static_configs: [{ targets: [host] }] }],
    deliver: async (register) => {
      const file = join(folder, 'defender.prom');
      await writeFile(`${file}.tmp`, await register.metrics());
      await rename(`${file}.tmp`, file);
    },
  };
}

/** A Prometheus agent scrapes a server and writes to another Prometheus. */
export async function startAgent(
  path: string,
  folder: string,
  receiver: Running,
): Promise<AsyncDisposable & Pick<Delivery, 'deliver'>> {
  await using stack = new AsyncDisposableStack();
  let register = new Registry();
  const server = createServer((_, response) => {
    response.setHeader('content-type', register.contentType);
    void register.metrics().then((text) => response.end(text));
  });
  const target = `127.0.0.1:${await listen(server)}`;
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const file = join(folder, 'agent.yml');
  await writeFile(
    file,
    stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [
        {
          job_name: 'agent',
          static_configs: [{ targets: [target] }],
        },
      ],
      remote_write: [
        { url: `${receiver.url}/api/v1/write`, queue_config: { batch_send_deadline: '1s' } },
      ],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const flag = (await majorOf(path)) < 3 ? '--enable-feature=agent' : '--agent';
  const args = [
    flag,
    `--config.file=${file}`,
    `--storage.agent.path=${join(folder, 'agent')}`,
    `--web.listen-address=${address}`,
  ];
  stack.use(await start(path, args, `http://${address}`));
  const owned = stack.move();
  return {
    deliver: async (next) => {
      register = next;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
