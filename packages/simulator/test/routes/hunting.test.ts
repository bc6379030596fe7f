import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { TABLE_NAMES } from '../../src/hunting/tables.ts';
import { A_NUMBER, call, isJson, type Json, like, refusalIn, type Seen } from '../support.ts';

const XDR = '/api/advancedhunting/run';
const MDE = '/api/advancedqueries/run';
const GRAPH = '/v1.0/security/runHuntingQuery';

function hunt(simulator: Simulator, Query: string, path: string = XDR): Promise<Seen> {
  return call(simulator, `POST ${path}`, { Query });
}

function resultsIn({ json }: Seen): readonly Json[] {
  const rows = json['Results'] ?? json['results'];
  return Array.isArray(rows) ? rows.filter(isJson) : [];
}

describe('hunting', () => {
  it.each([XDR, MDE])('%s answers statistics, a schema and rows', async (path) => {
    await using simulator = await startSimulator({
      hunting: {
        DeviceEvents: [
          { DeviceName: 'mac-001', OSBuild: 24 },
          { DeviceName: 'mac-002', OSBuild: 24 },
          { DeviceName: 'mac-003', OSBuild: 24 },
        ],
      },
    });
    const query =
      'DeviceEvents | where OSPlatform == "macOS" | project DeviceName, OSBuild | take 2';
    const { status, json } = await hunt(simulator, query, path);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      Stats: { ExecutionTime: 0, dataset_statistics: [{ table_row_count: 2 }] },
      Schema: [
        { Name: 'DeviceName', Type: 'String' },
        { Name: 'OSBuild', Type: 'Int64' },
      ],
      Results: [
        { DeviceName: like(/^mac-/), OSBuild: 24 },
        { DeviceName: like(/^mac-/), OSBuild: 24 },
      ],
    });
  });

  it('answers Graph in lower case, and takes its parameters in any', async () => {
    await using simulator = await startSimulator();
    for (const path of [GRAPH, '/beta/security/microsoft.graph.security.runHuntingQuery']) {
      const seen = await call(simulator, `POST ${path}`, { query: 'AlertInfo | count' });
      expect(seen.json).toMatchObject({
        schema: [{ name: 'Count', type: 'Int64' }],
        results: [{ Count: A_NUMBER }],
      });
    }
    expect(simulator.count({ operation: 'graph.hunting.run' })).toBe(2);
  });

  it.each(TABLE_NAMES)('has rows in %s, each with a time', async (table) => {
    await using simulator = await startSimulator();
    const seen = await hunt(simulator, `${table} | take 3`);
    expect(resultsIn(seen)).toHaveLength(3);
    for (const row of resultsIn(seen)) expect(String(row['Timestamp'])).toMatch(/^2026-01-/);
  });

  it('shows the same of an alert as the alerts do', async () => {
    await using simulator = await startSimulator();
    const evidence = resultsIn(await hunt(simulator, 'AlertEvidence | take 1'))[0];
    const alert = await call(simulator, `GET /api/alerts/${String(evidence?.['AlertId'])}`);
    expect(alert.json['computerDnsName']).toBe(evidence?.['DeviceName']);
  });

  it('counts what changed: a new alert can be hunted for', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'POST /api/alerts/CreateAlertByReference', {
      machineId: 'lab-901.contoso.com',
      eventTime: '2026-01-30T10:00:00Z',
      reportId: '1',
      severity: 'Low',
      title: 'Brand new',
      description: 'x',
      recommendedAction: 'x',
      category: 'x',
    });
    const titles = resultsIn(await hunt(simulator, 'AlertInfo')).map(({ Title }) => Title);
    expect(titles.filter((title) => title === 'Brand new')).toHaveLength(1);
  });

  it('gives the rows that were set, until they are set again or restored', async () => {
    await using simulator = await startSimulator({ hunting: { DeviceInfo: [{ A: 1 }] } });
    const rows = async (query: string): Promise<unknown> => resultsIn(await hunt(simulator, query));
    simulator.hunting({ DeviceEvents: [{ B: 2 }] });
    expect([await rows('DeviceInfo'), await rows('DeviceEvents')]).toEqual([
      [{ A: 1 }],
      [{ B: 2 }],
    ]);
    simulator.hunting({ DeviceInfo: [] });
    expect([await rows('DeviceInfo'), await rows('DeviceEvents')]).toEqual([[], [{ B: 2 }]]);
    simulator.hunting(undefined);
    expect(await rows('DeviceInfo')).toEqual([{ A: 1 }]);
    expect((await hunt(simulator, 'DeviceEvents')).status).toBe(400);
    simulator.hunting({ DeviceInfo: [{ C: 3 }] });
    simulator.reset();
    expect(await rows('DeviceInfo')).toEqual([{ A: 1 }]);
  });

  it('answers 20,000 parentheses like any other query', async () => {
    await using simulator = await startSimulator();
    const open = '('.repeat(20_000);
    const close = ')'.repeat(20_000);
    const nested = await hunt(simulator, `DeviceInfo | where ${open}true${close} | count`);
    expect([nested.status, resultsIn(nested)]).toEqual([200, [{ Count: A_NUMBER }]]);
    expect(refusalIn(await hunt(simulator, `DeviceInfo | where ${open}`))).toEqual([
      400,
      'BadRequest',
      'Expected: ). Fix syntax errors in your query.',
    ]);
  });

  it.each([
    [XDR, { query: 'DeviceInfo' }, 'Request body is incorrect'],
    [MDE, {}, 'Missing query.'],
    [GRAPH, {}, 'Missing query.'],
  ])('%s refuses %j with InvalidRequestBody', async (path, body, message) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `POST ${path}`, body);
    expect(refusalIn(seen)).toEqual([400, 'InvalidRequestBody', message]);
  });

  it('refuses a query that names no table, as every family does', async () => {
    await using simulator = await startSimulator();
    for (const path of [XDR, MDE, GRAPH]) {
      expect(refusalIn(await hunt(simulator, 'Nope | count', path))).toEqual([
        400,
        'BadRequest',
        "'count' operator: Failed to resolve table or column expression named 'Nope'. Fix semantic errors in your query.",
      ]);
    }
  });

  it('is refused when it is switched off', async () => {
    await using simulator = await startSimulator({ disabledFeatures: ['advancedHunting'] });
    expect(refusalIn(await hunt(simulator, 'DeviceInfo'))[1]).toBe('DisabledFeature');
  });
});

describe('a query that takes its time', () => {
  it('answers after as long as its comment says', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    const pending = hunt(simulator, 'DeviceInfo | count // runs 90s');
    await expect.poll(() => clock.nextTimerMs).toBe(90_000);
    await clock.advance(90_000);
    expect((await pending).json).toMatchObject({ Stats: { ExecutionTime: 90 } });
  });

  it.each([
    [XDR, 180_000],
    [GRAPH, 180_000],
    [MDE, 200_000],
  ])('is given up by %s after %d ms', async (path, limitMs) => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    const pending = hunt(simulator, 'DeviceInfo | count // runs 10m', path);
    await expect.poll(() => clock.nextTimerMs).toBe(limitMs);
    await clock.advance(limitMs);
    expect(refusalIn(await pending)).toEqual([
      400,
      'BadRequest',
      'Query exceeded the timeout period.',
    ]);
  });

  it('uses up the tenant’s ten minutes an hour, whichever application asks', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    for (let query = 0; query < 4; query += 1) {
      const pending = hunt(simulator, 'DeviceInfo | count // runs 150s', MDE);
      await expect.poll(() => clock.nextTimerMs).toBe(150_000);
      await clock.advance(150_000);
      await pending;
    }
    const refused = await hunt(simulator, 'DeviceInfo | count', MDE);
    expect(refusalIn(refused)).toEqual([
      429,
      '429',
      'You have exceeded processing resources allocated to this tenant. You can run queries again in 00:53:30.',
    ]);
    expect(refused.headers.get('retry-after')).toBe('3210');
    const usage = simulator.quotaUsage().find(({ group }) => group === 'mde.hunting');
    expect(usage).toMatchObject({
      app: undefined,
      allowed: 4,
      refused: 1,
      runningTime: { usedMs: 600_000, budgetMs: 600_000 },
    });
    await clock.advance(3_210_000);
    expect((await hunt(simulator, 'DeviceInfo | count', MDE)).status).toBe(200);
  });
});
