import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { freePort, start } from '../processes.ts';
import { PrometheusApi } from '../prometheus.ts';
import { backfillRules, type PastRule } from './backfill-rules.ts';
import { type HistoryOptions, writeHistory } from './history.ts';

/** A real Prometheus that remembers hours of a program that ran for seconds. */
export interface PastLab extends AsyncDisposable {
  readonly url: string;
  readonly api: PrometheusApi;
  /** The end of the history, in seconds since 1970. */
  readonly to: number;
}

const RULES = new URL('../../../../alerts/', import.meta.url);

async function rulesOf(source: HistoryOptions['source']): Promise<readonly PastRule[]> {
  const name = source === 'otlp' ? 'defender-client-otlp.yaml' : 'defender-client.yaml';
  const { groups } = parse(await readFile(new URL(name, RULES), 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly PastRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** Starts Prometheus, and writes the history of a scenario into it, rules and alerts included. */
export async function startPastLab(program: string, options: HistoryOptions): Promise<PastLab> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'past-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'prometheus.yml');
  // What rules record is written after what they read.
  await writeFile(file, stringify({ storage: { tsdb: { out_of_order_time_window: '2d' } } }));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  stack.use(
    await start(
      program,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--web.cors.origin=.*',
        '--web.enable-remote-write-receiver',
        '--enable-feature=exemplar-storage',
      ],
      url,
    ),
  );
  const api = new PrometheusApi(url);
  const to = Math.floor((await writeHistory(url, options)) / 1_000);
  const rules = await rulesOf(options.source);
  await backfillRules(rules, { url, api, from: to - options.minutes * 60, to });
  const owned = stack.move();
  return { url, api, to, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
