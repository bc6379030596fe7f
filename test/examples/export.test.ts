import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { endOf, type Start, tenantOf } from './run.ts';
import { newFolder, rowsOf } from './support/folder.ts';

const EXPORT = 'examples/export/main.ts';
const SINCE = '2025-12-01';

/** Everything that can go wrong on the way to an answer. */
const MISHAPS = [
  'InternalServerError',
  503,
  'reset',
  'reset-headers',
  'reset-mid-body',
  'truncate',
  'malformed',
  'html',
  'empty',
  { code: '429', retryAfter: 0 },
] as const;

function exporting(simulator: Simulator, output: string, args: readonly string[] = []): Start {
  const common = ['--output', output, '--since', SINCE, '--quota', 'off', '--first-wait', '10'];
  return {
    path: EXPORT,
    args: [...common, '--page-size', '10', '--every', '1', ...args],
    env: tenantOf(simulator),
  };
}

/** All incidents that the simulator has, by their IDs. */
async function incidentsOf(simulator: Simulator): Promise<unknown[]> {
  simulator.faults(undefined);
  const incidents: unknown[] = [];
  const headers = await authorization(simulator);
  for (let skip = 0; ; skip += 100) {
    const url = `${simulator.url}/api/incidents?$top=100&$skip=${skip}`;
    const { value } = (await (await fetch(url, { headers })).json()) as { value: unknown[] };
    incidents.push(...value);
    if (value.length < 100) return byId(incidents);
  }
}

async function authorization({ tokenUrl }: Simulator): Promise<{ authorization: string }> {
  const scope = 'https://api.security.microsoft.com/.default';
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', scope });
  body.set('client_secret', 'x');
  const answer = (await (await fetch(tokenUrl, { method: 'POST', body })).json()) as {
    access_token: string;
  };
  return { authorization: `Bearer ${answer.access_token}` };
}

const idOf = (row: unknown): number => (row as { incidentId: number }).incidentId;

const byId = (rows: readonly unknown[]): unknown[] =>
  rows.toSorted((left, right) => idOf(left) - idOf(right));

describe('the incident export', () => {
  it('has every incident exactly once, whatever happens to its calls', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      incidents: 120,
      requireToken: true,
      minuteMs: 400,
      quotas: { incidents: { perMinute: 15 } },
      faults: { probability: 0.2, codes: MISHAPS, latencyMs: [5, 15] },
    });
    const output = folder.path('incidents.jsonl');
    const { code, stdout, stderr } = await endOf({
      ...exporting(simulator, output),
      onLine: (lines) => {
        if (lines % 4 === 0) simulator.expireTokens();
      },
    });
    expect([code, stderr]).toEqual([0, '']);
    const written = await rowsOf(output);
    expect(simulator.quotaUsage()[0]?.refused).toBeGreaterThan(0);
    expect(byId(written)).toEqual(await incidentsOf(simulator));
    expect(stdout).toMatch(/^120 incidents in \d+ pages$/m);
    expect(stdout).toMatch(
      /^\d\d+ requests, \d+ retries, [1-9]\d* new tokens?, \d+ waits \(.+ m?s\)$/m,
    );
  });

  it('goes on after a kill, and after Ctrl+C, without losing or repeating an incident', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      quotas: 'off',
      incidents: 150,
      faults: { probability: 0.15, codes: MISHAPS, latencyMs: [2, 5] },
    });
    const output = folder.path('incidents.jsonl');
    const start = exporting(simulator, output);
    for (const afterLines of [1, 4, 9]) {
      const killed = await endOf({ ...start, kill: { signal: 'SIGKILL', afterLines } });
      expect(killed.code).toBeNull();
      // Killed between the rows and the state that counts them: half of a line, or whole ones.
      await appendFile(output, `{"incidentId":1}\n{"incidentId":${afterLines}`);
    }
    const stopped = await endOf({ ...start, kill: { signal: 'SIGINT', afterLines: 3 } });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toBe('Stopped. Run the same command again to continue.\n');
    const { code, stdout } = await endOf(start);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Continuing: \d+ incidents in \d+ pages, up to 202\d-\d\d-\d\d/);
    expect(byId(await rowsOf(output))).toEqual(await incidentsOf(simulator));
  });

  it('adds what has changed since the last run, and nothing else', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({ quotas: 'off', incidents: 30 });
    const output = folder.path('incidents.jsonl');
    await endOf(exporting(simulator, output));
    const [first] = await incidentsOf(simulator);
    await fetch(`${simulator.url}/api/incidents/${idOf(first)}`, {
      method: 'PATCH',
      body: JSON.stringify({ status: 'Resolved' }),
    });
    await endOf(exporting(simulator, output));
    await endOf(exporting(simulator, output));
    const rows = await rowsOf(output);
    expect(rows).toHaveLength(31);
    const [changed] = await incidentsOf(simulator);
    expect(rows.at(-1)).toEqual(changed);
  });

  it('shows itself without a tenant, against a simulated one', async () => {
    await using folder = await newFolder();
    const output = folder.path('incidents.jsonl');
    const { code, stdout, stderr } = await endOf({
      path: EXPORT,
      args: ['--output', output, '--first-wait', '50'],
      env: {},
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('DEFENDER_BASE_URL is not set');
    expect(await rowsOf(output)).toHaveLength(1_500);
  });
});

describe('what the export says when it cannot go on', () => {
  it('names the permission that is missing, and ends with 1', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({ script: ['Forbidden'] });
    const { code, stderr } = await endOf(exporting(simulator, folder.path('incidents.jsonl')));
    expect(code).toBe(1);
    expect(stderr).toContain('incidents.list failed: 403 Forbidden (tracking ID');
    expect(stderr).toContain('API permissions');
    expect(stderr).not.toContain('    at ');
  });

  it('tells when it can go on, where the service asks for more patience than it may have', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({
      quotas: 'off',
      script: [{ code: '429', retryAfter: 900 }],
    });
    const output = folder.path('incidents.jsonl');
    const start = exporting(simulator, output, ['--max-wait', '600']);
    const { code, stderr } = await endOf(start);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Try again in 15 min, at \d\d:\d\d:\d\d\./);
    expect((await endOf(start)).code).toBe(0);
    expect(await rowsOf(output)).toHaveLength(250);
  });

  it('passes on why Entra gives no token', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator();
    const start = exporting(simulator, folder.path('incidents.jsonl'));
    const env = { ...start.env, AZURE_CLIENT_SECRET: 'expired' };
    const { code, stderr } = await endOf({ ...start, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No token: AADSTS7000222/);
  });

  it.each([
    [['--page-size', '101'], '--page-size takes a whole number from 1 to 100, got 101'],
    [['--since', 'yesterday'], '--since takes a time such as 2026-01-31'],
    [['--quota', 'none'], '--quota takes documented or off, got none'],
    [['--nope'], "Unknown option '--nope'"],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await endOf({ path: EXPORT, args, env: {} });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('refuses an output that is not its own', async () => {
    await using folder = await newFolder();
    await using simulator = await startSimulator({ incidents: 5 });
    await using other = await startSimulator({ incidents: 5 });
    const output = folder.path('incidents.jsonl');
    await writeFile(output, '{}\n');
    const start = exporting(simulator, output);
    expect((await endOf(start)).stderr).toContain(`but ${output}.state.json does not`);
    expect(await readFile(output, 'utf8')).toBe('{}\n');

    const own = exporting(simulator, folder.path('own.jsonl'));
    await endOf(own);
    const elsewhere = await endOf({ ...own, env: tenantOf(other) });
    expect(elsewhere.stderr).toContain('own.jsonl already has incidents of 127.0.0.1:');
    const earlier = await endOf({ ...own, args: [...own.args, '--since', '2025-01-01'] });
    expect(earlier.stderr).toContain('since 2025-12-01T00:00:00.000Z. Choose another --output');
    expect([elsewhere.code, earlier.code]).toEqual([1, 1]);
  });
});
