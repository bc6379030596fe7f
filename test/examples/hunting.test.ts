import { createResilience, type ResilienceOptions } from '@defender-resilience/core';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { type HuntOptions, hunt } from '../../examples/hunting/hunt.ts';
import { type HuntingQuery, QUERIES } from '../../examples/hunting/queries.ts';
import { ROUTES, rowsIn } from '../../examples/hunting/routes.ts';
import type { HuntState } from '../../examples/hunting/state.ts';
import { JobProgress } from '../../examples/support/progress.ts';
import { endOf, type Start, tenantOf } from './run.ts';
import { newFolder, rowsOf } from './support/folder.ts';
import { MemoryOutput } from './support/memory-output.ts';

const HUNT = 'examples/hunting/main.ts';
// A little more than the week that the simulator's devices have reported of.
const FROM = '2026-01-24T00:00:00.000Z';
const TO = '2026-02-01T00:00:00.000Z';
const RANGE = { from: Date.parse(FROM), to: Date.parse(TO) };

function hunting(simulator: Simulator, output: string, args: readonly string[] = []): Start {
  const range = ['--from', FROM, '--to', TO, '--output', output];
  return {
    path: HUNT,
    args: [...range, '--quota', 'off', '--first-wait', '10', ...args],
    env: tenantOf(simulator),
  };
}

/** What the queries find when they are asked at once, as the hunt writes it. */
async function expectedRows({ url }: Simulator, queries = QUERIES): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { name, table, where } of queries) {
    const response = await fetch(`${url}/api/advancedhunting/run`, {
      method: 'POST',
      body: JSON.stringify({ Query: `${table} | ${where}` }),
    });
    const { Results } = (await response.json()) as { Results: object[] };
    found.push(...Results.map((row) => ({ query: name, ...row })));
  }
  return found;
}

const sorted = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** The slices of time that the service answered, by the table that was asked. */
function slicesOf({ requests }: Simulator): Map<string, [from: string, to: string][]> {
  const slices = new Map<string, [string, string][]>();
  for (const { operation, answered, body } of requests) {
    if (operation !== 'graph.hunting.run' || answered !== 200) continue;
    const [, table = '', from = '', to = ''] =
      /^\{"Query":"(\w+).*datetime\((\S+)\) and Timestamp < datetime\((\S+)\)/.exec(body) ?? [];
    slices.set(table, [...(slices.get(table) ?? []), [from, to]]);
  }
  return slices;
}

const TOO_BIG = {
  status: 400,
  code: 'BadRequest',
  message:
    'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.',
};
const PREEMPTED = {
  status: 400,
  code: 'BadRequest',
  message:
    'Query execution has exceeded the allowed limits. The query execution was preempted. This could possibly be due to high CPU and/or memory resource consumption. Optimize your query by following best practices and try again.',
};

/** A slice that needs more time than the service gives a query. */
const TIMED_OUT = {
  status: 400,
  code: 'BadRequest',
  message: 'Query exceeded the timeout period.',
};

describe('the hunting job', () => {
  it('has every row exactly once, whatever happens to its calls', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      requireToken: true,
      minuteMs: 400,
      quotas: { 'graph.hunting': { perMinute: 12 } },
      faults: {
        probability: 0.25,
        codes: ['InternalServerError', 503, 'reset', 'reset-mid-body', 'truncate', 'empty'],
      },
      script: [TOO_BIG, 200, PREEMPTED, 200, 200, PREEMPTED],
    });
    const output = folder.path('hunt.jsonl');
    const { code, stdout, stderr } = await endOf({
      ...hunting(simulator, output, ['--max-rows', '40']),
      onLine: (lines) => {
        if (lines % 5 === 0) simulator.expireTokens();
      },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('encoded-powershell: 8 d at once is too much: Query execution');
    expect(stdout).toMatch(/^✓ failed-logons: \d+ rows$/m);
    expect(stdout).toMatch(/^\d+ requests, \d+ retries, [1-9]\d* new tokens?, \d+ waits \(/m);
    expect(simulator.quotaUsage()[0]?.refused).toBeGreaterThan(0);
    await using calm = await startSimulator();
    expect(sorted(await rowsOf(output))).toEqual(sorted(await expectedRows(calm)));
  });

  it('goes on after a kill, and after Ctrl+C', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      quotas: 'off',
      faults: { probability: 0.2, codes: ['InternalServerError', 503, 'reset', 'reset-mid-body'] },
    });
    const output = folder.path('hunt.jsonl');
    const start = hunting(simulator, output, ['--max-rows', '30']);
    const killed = await endOf({ ...start, kill: { signal: 'SIGKILL', afterLines: 6 } });
    const stopped = await endOf({ ...start, kill: { signal: 'SIGINT', afterLines: 9 } });
    const ended = await endOf(start);
    expect([killed.code, stopped.code, ended.code]).toEqual([null, 130, 0]);
    simulator.faults(undefined);
    const requests = simulator.count();
    // What is done is not done again.
    expect((await endOf(start)).code).toBe(0);
    expect(simulator.count({ operation: 'graph.hunting.run' })).toBe(
      requests - simulator.count({ operation: 'token' }) + 1,
    );
    expect(sorted(await rowsOf(output))).toEqual(sorted(await expectedRows(simulator)));
  });

  it('takes the older way where it is told to', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({ requireToken: true });
    const output = folder.path('hunt.jsonl');
    const { code } = await endOf(hunting(simulator, output, ['--route', 'xdr']));
    expect(code).toBe(0);
    expect(simulator.count({ operation: 'hunting.run', answered: 200 })).toBe(QUERIES.length);
  });

  it('shows itself without a tenant, against a simulated one', async () => {
    await using folder = await newFolder();
    const args = ['--output', folder.path('hunt.jsonl'), '--first-wait', '50'];
    const { code, stdout, stderr } = await endOf({ path: HUNT, args, env: {} });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('DEFENDER_BASE_URL is not set');
    expect(stdout.match(/^✓ /gm)).toHaveLength(QUERIES.length);
  });

  it('refuses an output that is of another hunt, and a range that is none', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator();
    const start = hunting(simulator, folder.path('hunt.jsonl'));
    await endOf(start);
    const other = await endOf({ ...start, args: [...start.args, '--to', '2026-03-01'] });
    expect(other.code).toBe(1);
    expect(other.stderr).toContain(`from ${FROM} to ${TO}. Choose another --output`);
    const none = await endOf({ ...start, args: [...start.args, '--to', '2025-03-01'] });
    expect(none.stderr).toBe('--from must be before --to.\n');
  });
});

interface Hunted {
  readonly succeeded: boolean;
  readonly lines: readonly string[];
  readonly output: MemoryOutput<object, HuntState>;
}

/** Hunts in this process, with waits that a test has time for. */
async function huntIn(
  { url }: Simulator,
  {
    queries = QUERIES,
    maxRows = 100_000,
    progress,
    ...resilience
  }: ResilienceOptions & Partial<HuntOptions> = {},
): Promise<Hunted> {
  const { fetch } = createResilience({
    throwHttpErrors: true,
    hosts: { [new URL(url).host]: 'all' },
    retry: { initialDelayMs: 1, maxDelayMs: 1 },
    ...resilience,
  });
  const lines: string[] = [];
  const output = new MemoryOutput<object, HuntState>({ source: url, range: RANGE, queries: {} });
  const run = async (query: string): Promise<readonly object[]> => {
    const body = JSON.stringify({ Query: query });
    const response = await fetch(`${url}${ROUTES.graph.path}`, { method: 'POST', body });
    return rowsIn(await response.json(), ROUTES.graph);
  };
  const log = { step: () => undefined, line: (text: string) => lines.push(text) };
  const options = { queries, maxRows, output, progress: progress ?? log, run };
  return { succeeded: await hunt(options), lines, output };
}

const PROCESSES: HuntingQuery = {
  name: 'processes',
  table: 'DeviceProcessEvents',
  where: 'where FileName has "exe" | project Timestamp, DeviceName, FileName',
};

describe('its slices', () => {
  it('cover the range exactly once, however often they are cut', async () => {
    await using simulator = await startSimulator({
      quotas: 'off',
      // The first query is cut three times, the second once, the third not at all.
      script: [TOO_BIG, PREEMPTED, 500, 200, TIMED_OUT, ...Array<number>(6).fill(200), TOO_BIG],
    });
    await huntIn(simulator);
    const slices = [...slicesOf(simulator).values()];
    expect(slices.map(({ length }) => length)).toEqual([7, 2, 1]);
    for (const covered of slices) {
      const ends = covered.map(([, to]) => to);
      expect(ends.at(-1)).toBe(TO);
      expect(covered.map(([from]) => from)).toEqual([FROM, ...ends.slice(0, -1)]);
    }
  });

  it('are cut where the gateway has no patience, once retries are over', async () => {
    await using simulator = await startSimulator({ quotas: 'off', script: [504, 504] });
    const retry = { maxRetries: 1, initialDelayMs: 1, maxDelayMs: 1 };
    const { succeeded } = await huntIn(simulator, { queries: [PROCESSES], retry });
    expect(succeeded).toBe(true);
    expect(simulator.requests.map(({ answered }) => answered)).toEqual([504, 504, 200, 200]);
  });

  it('are cut where the result is as long as results may be', async () => {
    await using simulator = await startSimulator({ quotas: 'off' });
    const { output, lines } = await huntIn(simulator, { queries: [PROCESSES], maxRows: 100 });
    expect(sorted(output.rows)).toEqual(sorted(await expectedRows(simulator, [PROCESSES])));
    expect(lines[0]).toMatch(
      /^processes: 8 d at once is too much: \d+ rows, and results are cut at 100$/,
    );
  });
});

describe('a query that cannot be run', () => {
  it('does not keep the others from running, and is told with its advice', async () => {
    await using simulator = await startSimulator({ quotas: 'off' });
    const broken = { name: 'broken', table: 'NoSuchTable', where: 'take 1' };
    const { succeeded, lines, output } = await huntIn(simulator, { queries: [broken, PROCESSES] });
    expect(succeeded).toBe(false);
    expect(lines[0]).toMatch(/^✗ broken: .*NoSuchTable.*\n {2}Read the message/);
    expect(output.rows.length).toBeGreaterThan(0);
    // A query that cannot be read does not get better in parts.
    expect(simulator.count()).toBe(2);
  });

  it('is given up where a second has more rows than a result may have', async () => {
    await using simulator = await startSimulator({ quotas: 'off' });
    const { succeeded, lines } = await huntIn(simulator, { queries: [PROCESSES], maxRows: 1 });
    expect(succeeded).toBe(false);
    expect(lines.at(-1)).toMatch(/^✗ processes: 1 rows or more at 2026-01-2\d/);
  });
});

describe('the quotas of hunting', () => {
  it('are kept: no call is refused', async () => {
    await using simulator = await startSimulator({ minuteMs: 500 });
    await huntIn(simulator, { maxRows: 12, quota: { minuteMs: 500, transitMs: 100 } });
    const [usage] = simulator.quotaUsage();
    expect(usage?.allowed).toBeGreaterThan(60);
    expect(usage?.refused).toBe(0);
  });

  it('are waited for, and said to be, where the tenant has used up its CPU', async () => {
    // Ten minutes an hour, at 30 ms a minute.
    await using simulator = await startSimulator({ minuteMs: 30 });
    const costly = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
      ...PROCESSES,
      name,
      where: `${PROCESSES.where} // runs 80ms`,
    }));
    let shown = '';
    const progress = new JobProgress({ screen: { isTTY: true, write: (text) => (shown += text) } });
    const { succeeded } = await huntIn(simulator, {
      queries: costly,
      observers: [progress.observer],
      progress,
    });
    expect(succeeded).toBe(true);
    expect(simulator.quotaUsage()[0]).toMatchObject({ allowed: 5, refused: 1 });
    expect(shown).toMatch(/waits 1\.\d s until \d\d:\d\d:\d\d \(429 TooManyRequests\)/);
    expect(progress.end()).toMatch(/^6 requests, 1 retry, 0 new tokens, 1 wait \(1\.\d s\)$/);
  });

  it('end the job with the time when it can go on, where the wait is too long for it', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      script: [200, { status: 429, retryAfter: 2_700 }],
    });
    const output = folder.path('hunt.jsonl');
    const start = hunting(simulator, output);
    const { code, stdout, stderr } = await endOf(start);
    expect(code).toBe(1);
    expect(stdout).toContain('✓ encoded-powershell');
    expect(stderr).toContain('graph.hunting.run failed: 429 TooManyRequests (tracking ID');
    expect(stderr).toMatch(/Try again in 45 min, at \d\d:\d\d:\d\d\.\n$/);
    expect((await endOf(start)).code).toBe(0);
    expect(sorted(await rowsOf(output))).toEqual(sorted(await expectedRows(simulator)));
  });
});
