import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { TenantData } from '../../src/data/tenant-data.ts';
import { call, rowsIn } from '../support.ts';

const OPTIONS = {
  seed: 1,
  incidents: 250,
  newestAt: Date.UTC(2026, 0, 31, 12),
  machineActionMs: 0,
};

describe('the tenant’s data', () => {
  it('is the same for the same seed, and another for another', async () => {
    const first = async (seed: number): Promise<string> => {
      await using simulator = await startSimulator({ seed });
      const { text } = await call(simulator, 'GET /api/incidents?$top=5');
      return text.replaceAll(simulator.url, '');
    };
    expect(await first(1)).toBe(await first(1));
    expect(await first(2)).not.toBe(await first(1));
  });

  it('holds together: incidents have their alerts, alerts their machines', () => {
    const data = new TenantData(OPTIONS);
    for (const incident of data.incidentList) {
      const alerts = incident.alertIds.map((id) => data.alerts.get(id));
      expect(alerts.map((alert) => alert?.incidentId)).toEqual(alerts.map(() => incident.id));
      expect(alerts.length).toBeGreaterThan(0);
    }
    const orphans = data.alertList.filter(({ machineId }) => !data.machines.has(machineId));
    expect(orphans).toEqual([]);
  });

  it('names everything once', () => {
    const data = new TenantData(OPTIONS);
    expect(data.machines.size).toBe(data.machineList.length);
    expect(new Set(data.machineList.map(({ name }) => name)).size).toBe(data.machineList.length);
    expect(data.alerts.size).toBe(data.incidentList.flatMap(({ alertIds }) => alertIds).length);
  });

  it('is as bad as the worst alert of an incident', () => {
    const data = new TenantData(OPTIONS);
    const order = ['Informational', 'Low', 'Medium', 'High'];
    for (const incident of data.incidentList) {
      const severities = incident.alertIds.map((id) => data.alerts.get(id)?.severity ?? '');
      const worst = Math.max(...severities.map((severity) => order.indexOf(severity)));
      expect(incident.severity).toBe(order[worst]);
    }
  });

  it('ends at the configured time, and goes back from there', async () => {
    const newestAt = new Date('2026-11-01T00:00:00Z');
    await using simulator = await startSimulator({ newestAt, incidents: 3 });
    const times = rowsIn(await call(simulator, 'GET /api/incidents')).map(
      (row) => row['lastUpdateTime'],
    );
    expect(times[0]).toBe('2026-11-01T00:00:00.000Z');
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('uses only names and addresses that are set aside for documentation', () => {
    const data = new TenantData(OPTIONS);
    for (const { evidence } of data.alertList) {
      expect(evidence.domain).toMatch(/\.example\.(com|org|net)$/);
      expect(evidence.ip).toMatch(/^198\.51\.100\./);
    }
    for (const { ip, externalIp } of data.machineList) {
      expect(ip).toMatch(/^10\.20\./);
      expect(externalIp).toMatch(/^203\.0\.113\./);
    }
  });

  it('can be of any size, or nothing at all', async () => {
    await using simulator = await startSimulator({ incidents: 0 });
    const seen = await call(simulator, 'GET /api/incidents');
    expect(rowsIn(seen)).toEqual([]);
    expect(seen.json).not.toHaveProperty('@odata.nextLink');
  });

  it('keeps a bounded number of what calls add: the oldest goes', () => {
    const data = new TenantData({ ...OPTIONS, incidents: 0 });
    for (let id = 0; id <= 300_000; id += 1) {
      data.addInvestigation({ id, machineId: 'm', machineName: 'n', startedAt: 0 });
    }
    expect(data.investigations.size).toBe(300_000);
    expect(data.investigations.has(0)).toBe(false);
    expect(data.investigations.has(300_000)).toBe(true);
  });

  it('goes back to how it was at a reset', async () => {
    await using simulator = await startSimulator();
    const before = (await call(simulator, 'GET /api/incidents/10200')).text;
    await call(simulator, 'PATCH /api/incidents/10200', { comment: 'x' });
    simulator.reset();
    expect((await call(simulator, 'GET /api/incidents/10200')).text).toBe(before);
  });
});
