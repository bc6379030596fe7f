import { readFile } from 'node:fs/promises';
import { Pool } from 'undici';
import type { Target } from './peers.ts';

/** What is asked, and how many requests are under way at once. */
export interface Load {
  readonly path: string;
  readonly lanes: number;
}

export interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the proxy for each request; undefined where there is none. */
  readonly cpuUs: number | undefined;
}

/** Asks a target for some seconds, each lane one request after the other. */
export async function measure(target: Target, load: Load, seconds: number): Promise<Sample> {
  const pool = new Pool(target.url, { connections: load.lanes });
  const times: number[] = [];
  const cpuBefore = await cpuMs(target.pid);
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) times.push(await ask(pool, target, load.path));
  };
  await Promise.all(Array.from({ length: load.lanes }, lane));
  const elapsed = performance.now() - startedAt;
  const cpu = (await cpuMs(target.pid)) - cpuBefore;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length / elapsed) * 1_000,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    cpuUs: target.pid === undefined ? undefined : (cpu * 1_000) / times.length,
  };
}

/** How long one answer takes, in milliseconds. */
async function ask(pool: Pool, { url }: Target, path: string): Promise<number> {
  const sentAt = performance.now();
  const { body, statusCode } = await pool.request({ path, method: 'GET' });
  await body.dump({ limit: 1_048_576 });
  if (statusCode !== 200) throw new Error(`${url}${path} answered ${statusCode}`);
  return performance.now() - sentAt;
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.floor(sorted.length * share)];
  if (value === undefined) throw new Error('No request was answered in time');
  return value;
}

const MS_PER_TICK = 10;

/** The CPU time of a process and of its workers, in milliseconds. */
async function cpuMs(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  const below = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const workers = below.trim().split(' ').filter(Boolean).map(Number);
  const ticks = await Promise.all([pid, ...workers].map(ticksOf));
  return ticks.reduce((sum, one) => sum + one, 0) * MS_PER_TICK;
}

async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
