// Draws what a Prometheus saw of the proxy under faults, into docs/images/: `run.sh --proxy <folder>`. The folder is
// that of `node packages/cli/test/proxy/faults/run.ts 10 1 <folder>`.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ANYTHING, dashboard } from '../../packages/prom/test/monitoring/dashboard-model.ts';
import { freePort, start } from '../../packages/prom/test/monitoring/lab/processes.ts';
import { find } from '../../packages/prom/test/monitoring/tools.ts';
import { Grafana } from './browser.ts';
import type { Dashboard } from './src/model.ts';

const IMAGE = fileURLToPath(
  new URL('../../docs/images/dashboard-proxy-faults.png', import.meta.url),
);

/** What is of no interest after minutes: budgets are of weeks. */
const UNTIL = ['Error budget'];

async function main(): Promise<void> {
  const [, folder] = process.argv.slice(2);
  const program = await find('prometheus');
  if (program === undefined || folder === undefined) {
    throw new Error('Needs prometheus, and the folder that faults/run.ts has written');
  }
  const { from, to } = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as {
    readonly from: number;
    readonly to: number;
  };
  const config = join(folder, 'past.yml');
  await writeFile(config, '{}');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  await using _prometheus = await start(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.cors.origin=.*',
      '--enable-feature=exemplar-storage',
    ],
    url,
  );
  await using grafana = await Grafana.open();
  const board = (await dashboard('defender-client-overview')) as unknown as Dashboard;
  const range = `${Math.ceil((to - from) / 60)}m`;
  const setup = {
    ...{ dashboard: board, prometheus: url, from, to, step: 10, chosen: {} },
    values: { ...ANYTHING, __rate_interval: '1m', __range: range },
  };
  const lacks = await grafana.draw(setup, IMAGE, UNTIL);
  process.stdout.write(`${IMAGE}\n${lacks.map((lack) => `  ${lack}\n`).join('')}`);
}

await main();
