import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, firstIn, isJson, refusalIn, rowsIn } from '../support.ts';

describe('what alerts are about', () => {
  it('finds a file by any of its hashes, with its alerts, devices and prevalence', async () => {
    await using simulator = await startSimulator();
    const alert = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    const file = firstIn(await call(simulator, `GET /api/alerts/${String(alert['id'])}/files`));
    const path = `/api/files/${String(file['sha1'])}` as const;
    expect((await call(simulator, `GET ${path}`)).json['sha256']).toBe(file['sha256']);
    expect((await call(simulator, `GET /api/files/${String(file['sha256'])}`)).json['sha1']).toBe(
      file['sha1'],
    );
    expect(firstIn(await call(simulator, `GET ${path}/alerts`))['id']).toBe(alert['id']);
    expect(firstIn(await call(simulator, `GET ${path}/machines`))['id']).toBe(alert['machineId']);
    expect((await call(simulator, `GET ${path}/stats`)).json).toEqual({
      sha1: file['sha1'],
      orgPrevalence: '1',
      orgFirstSeen: alert['alertCreationTime'],
      orgLastSeen: alert['alertCreationTime'],
    });
  });

  it('finds domains, addresses and users', async () => {
    await using simulator = await startSimulator();
    const domain = await call(simulator, 'GET /api/domains/UPDATE.example.net/stats');
    expect(domain.json['host']).toBe('update.example.net');
    expect(Number(domain.json['orgPrevalence'])).toBeGreaterThan(1);
    const { id } = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    const ip = firstIn(await call(simulator, `GET /api/alerts/${String(id)}/ips`))['id'];
    const alerts = rowsIn(await call(simulator, `GET /api/ips/${String(ip)}/alerts`));
    expect(alerts.map((alert) => alert['id'])).toContain(id);
    const { accountName } = (await call(simulator, `GET /api/alerts/${String(id)}/user`)).json;
    const own = rowsIn(await call(simulator, `GET /api/users/${String(accountName)}/alerts`));
    expect(own.map((alert) => alert['id'])).toContain(id);
    const machines = await call(simulator, `GET /api/users/${String(accountName)}/machines`);
    expect(rowsIn(machines)).toHaveLength(1);
  });

  it.each([
    ['/api/files/xyz', 'InvalidHashValue', 'Hash value xyz is invalid.'],
    [
      `/api/files/${'g'.repeat(40)}/alerts`,
      'InvalidHashValue',
      `Hash value ${'g'.repeat(40)} is invalid.`,
    ],
    ['/api/domains/no_domain/alerts', 'InvalidDomainName', 'Domain name no_domain is invalid.'],
    ['/api/domains/-a.com/stats', 'InvalidDomainName', 'Domain name -a.com is invalid.'],
    ['/api/domains/com/machines', 'InvalidDomainName', 'Domain name com is invalid.'],
    ['/api/ips/300.1.1.1/alerts', 'InvalidIpAddress', 'IP address 300.1.1.1 is invalid.'],
  ])('refuses %s', async (path, code, message) => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, `GET ${path}`))).toEqual([400, code, message]);
  });

  it('takes an IPv6 address, and knows nothing of a file that nothing is about', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'GET /api/ips/2001:db8::1/stats');
    expect(seen.json).toEqual({
      ipAddress: '2001:db8::1',
      orgPrevalence: '0',
      orgFirstSeen: null,
      orgLastSeen: null,
    });
    const file = await call(simulator, `GET /api/files/${'0'.repeat(64)}`);
    expect(refusalIn(file)[1]).toBe('ResourceNotFound');
    expect(isJson(file.json['error'])).toBe(true);
  });
});
