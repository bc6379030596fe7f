import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, start } from '../../../../prom/test/monitoring/lab/processes.ts';
import { find } from '../../../../prom/test/monitoring/tools.ts';

const RULES = fileURLToPath(
  new URL('../../../../prom/alerts/defender-client.yaml', import.meta.url),
);

/** A real Prometheus that scrapes an address and evaluates our rules, and keeps both in `folder`. */
export async function watch(
  admin: string,
  folder: string,
  durationMs: number,
): Promise<AsyncDisposable> {
  const program = await find('prometheus');
  if (program === undefined) throw new Error('prometheus is not installed');
  await mkdir(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  const target = new URL(admin).host;
  const scrape = { job_name: 'defender-proxy', static_configs: [{ targets: [target] }] };
  // JSON is YAML as well.
  const settings = {
    global: { scrape_interval: '5s', evaluation_interval: '15s' },
    rule_files: [RULES],
    scrape_configs: [scrape],
  };
  await writeFile(config, JSON.stringify(settings));
  const address = `127.0.0.1:${await freePort()}`;
  const from = Math.floor(Date.now() / 1_000);
  await writeFile(
    join(folder, 'run.json'),
    JSON.stringify({ from, to: from + durationMs / 1_000 }),
  );
  return start(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ],
    `http://${address}`,
  );
}
