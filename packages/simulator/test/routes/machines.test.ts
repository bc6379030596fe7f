import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_LIST, call, firstIn, like, machineOn, refusalIn, rowsIn } from '../support.ts';

const LAB = 'lab-901.contoso.com';

describe('machines', () => {
  it('are listed with what the documentation shows of them', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'GET /api/machines');
    expect(rowsIn(seen)).toHaveLength(62);
    expect(firstIn(seen)).toMatchObject({
      id: like(/^[\da-f]{40}$/),
      computerDnsName: like(/^\w+-\d{3}\.contoso\.com$/),
      onboardingStatus: 'Onboarded',
      machineTags: A_LIST,
    });
  });

  it('are found by ID in any letter case, and by DNS name', async () => {
    await using simulator = await startSimulator();
    const { id, computerDnsName } = firstIn(await call(simulator, 'GET /api/machines?$top=1'));
    for (const name of [String(id), String(id).toUpperCase(), String(computerDnsName)]) {
      expect((await call(simulator, `GET /api/machines/${name}`)).json['id']).toBe(id);
    }
  });

  it('are not found by another, in the words of the documentation', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, 'GET /api/machines/123123123'))).toEqual([
      404,
      'ResourceNotFound',
      'Machine 123123123 was not found',
    ]);
  });

  it('tell who logs on to them, and what alerts they have', async () => {
    await using simulator = await startSimulator();
    const { machineId } = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    const path = `/api/machines/${String(machineId)}` as const;
    expect(firstIn(await call(simulator, `GET ${path}/logonusers`))['accountDomain']).toBe(
      'contoso',
    );
    const alerts = rowsIn(await call(simulator, `GET ${path}/alerts`));
    expect(new Set(alerts.map((alert) => alert['machineId']))).toEqual(new Set([machineId]));
  });

  it('get and lose tags', async () => {
    await using simulator = await startSimulator();
    const tag = (Action: string) =>
      call(simulator, `POST /api/machines/${LAB}/tags`, { Value: 'hot', Action });
    expect((await tag('Add')).json['machineTags']).toContain('hot');
    expect((await tag('Add')).json['machineTags']).toContain('hot');
    expect((await tag('Remove')).json['machineTags']).not.toContain('hot');
    expect(refusalIn(await tag('Paint'))).toEqual([400, 'InvalidInput', 'Invalid input Paint.']);
  });

  it('get tags together, at most 500 of them', async () => {
    await using simulator = await startSimulator();
    const tagAll = (MachineIds: readonly string[]) =>
      call(simulator, 'POST /api/machines/AddOrRemoveTagForMultipleMachines', {
        Value: 'hot',
        Action: 'Add',
        MachineIds,
      });
    expect((await tagAll([LAB, 'old-900.contoso.com'])).status).toBe(200);
    const tagged = await call(simulator, 'GET /api/machines/findbytag?tag=hot');
    expect(rowsIn(tagged)).toHaveLength(2);
    expect(refusalIn(await tagAll(Array.from({ length: 501 }, () => LAB)))).toEqual([
      400,
      'MaximumBatchSizeExceeded',
      'Maximum batch size exceeded. Received: 501, allowed: 500.',
    ]);
  });

  it('get a value, by an action or a PATCH', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `POST /api/machines/${LAB}/setDeviceValue`, {
      DeviceValue: 'High',
    });
    expect(seen.json['deviceValue']).toBe('High');
    const patched = await call(simulator, `PATCH /api/machines/${LAB}`, {
      machineTags: ['a'],
      deviceValue: 'Low',
    });
    expect(patched.json).toMatchObject({ deviceValue: 'Low', machineTags: ['a'] });
    const bad = await call(simulator, `PATCH /api/machines/${LAB}`, { deviceValue: 'Huge' });
    expect(refusalIn(bad)[1]).toBe('InvalidInput');
  });
});

describe('finding machines', () => {
  it('finds by address, inside and out', async () => {
    await using simulator = await startSimulator();
    const machine = firstIn(await call(simulator, 'GET /api/machines?$top=1'));
    const now = new Date().toISOString();
    for (const ip of [machine['lastIpAddress'], machine['lastExternalIpAddress']]) {
      const path = `/api/machines/findbyip(ip='${String(ip)}',timestamp=${now})` as const;
      const found = rowsIn(await call(simulator, `GET ${path}`));
      expect(found.map(({ id }) => id)).toContain(machine['id']);
    }
    const legacy = `/api/machines/find(timestamp=${now},key='${String(machine['lastIpAddress'])}')`;
    expect(rowsIn(await call(simulator, `GET ${legacy}`))).toHaveLength(1);
    expect(simulator.count({ operation: 'machines.findByIp' })).toBe(2);
    expect(simulator.count({ operation: 'machines.find' })).toBe(1);
  });

  it.each([
    [
      "findbyip(ip='10.20.0',timestamp=2026-01-01T00:00:00Z)",
      'InvalidIpAddress',
      'IP address 10.20.0 is invalid.',
    ],
    ["findbyip(ip='10.20.0.1')", 'MissingRequiredParameter', 'Parameter timestamp is missing.'],
    [
      'findbyip(timestamp=2026-01-01T00:00:00Z)',
      'MissingRequiredParameter',
      'Parameter ip is missing.',
    ],
    [
      "findbyip(ip='10.20.0.1',timestamp=2020-01-01T00:00:00Z)",
      'InvalidInput',
      'Invalid input 2020-01-01T00:00:00Z.',
    ],
    ["findbyip(ip='10.20.0.1',timestamp=noon)", 'InvalidInput', 'Invalid input noon.'],
    ['findbytag', 'MissingRequiredParameter', 'Parameter tag is missing.'],
  ])('refuses %s', async (path, code, message) => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, `GET /api/machines/${path}`))).toEqual([
      400,
      code,
      message,
    ]);
  });

  it('finds by tag, or by how a tag begins', async () => {
    await using simulator = await startSimulator();
    const found = async (query: string): Promise<number> =>
      rowsIn(await call(simulator, `GET /api/machines/findbytag?${query}`)).length;
    const exactly = await found('tag=finance');
    expect(exactly).toBeGreaterThan(0);
    expect(await found('tag=fin')).toBe(0);
    expect(await found('tag=fin&useStartsWithFilter=true')).toBe(exactly);
  });
});

it('knows nothing of a path that the service does not document', async () => {
  await using simulator = await startSimulator();
  const id = await machineOn(simulator, 'Windows11');
  const seen = await call(simulator, `GET /api/machines/${id}/weather`);
  expect(refusalIn(seen)).toEqual([404, 'NotFound', 'General Not Found error message.']);
});
