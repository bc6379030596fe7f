import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_TEXT, call, firstIn, having, machineOn, refusalIn, rowsIn } from '../support.ts';

const NEW_ALERT = {
  eventTime: '2026-01-30T10:00:00Z',
  reportId: '20776',
  severity: 'Low',
  title: 'Seen by our own rule',
  description: 'A test of the rule',
  recommendedAction: 'Nothing',
  category: 'Exploit',
};

describe('GET /api/alerts', () => {
  it('lists alerts of devices that there are, with their evidence', async () => {
    await using simulator = await startSimulator();
    const alert = firstIn(await call(simulator, 'GET /api/alerts?$top=1&$expand=evidence'));
    expect(alert['id']).toMatch(/^da\d{18}_-?\d+$/);
    expect(alert['evidence']).toContainEqual(having({ entityType: 'Process' }));
    const machine = await call(simulator, `GET /api/machines/${String(alert['machineId'])}`);
    expect(machine.json['computerDnsName']).toBe(alert['computerDnsName']);
  });

  it('filters and pages', async () => {
    await using simulator = await startSimulator();
    const high = await call(simulator, "GET /api/alerts?$filter=severity eq 'High'&$top=2&$skip=1");
    expect(rowsIn(high).map(({ severity }) => severity)).toEqual(['High', 'High']);
    expect(high.json['@odata.nextLink']).toContain('$skip=3');
  });

  it('takes up to 10,000 at a time and no more', async () => {
    await using simulator = await startSimulator();
    expect((await call(simulator, 'GET /api/alerts?$top=10000')).status).toBe(200);
    expect(refusalIn(await call(simulator, 'GET /api/alerts?$top=10001'))[1]).toBe('ODataError');
  });
});

describe('one alert', () => {
  it('is found by its ID, as a path or as an OData key', async () => {
    await using simulator = await startSimulator();
    const { id } = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    expect((await call(simulator, `GET /api/alerts/${String(id)}`)).json['id']).toBe(id);
    expect((await call(simulator, `GET /api/alerts('${String(id)}')`)).json['id']).toBe(id);
  });

  it('shows its machine, user, files, addresses and domains', async () => {
    await using simulator = await startSimulator();
    const alert = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    const at = `/api/alerts/${String(alert['id'])}`;
    const [machine, user, files, ips, domains] = await Promise.all([
      call(simulator, `GET ${at}/machine`),
      call(simulator, `GET ${at}/user`),
      call(simulator, `GET ${at}/files`),
      call(simulator, `GET ${at}/ips`),
      call(simulator, `GET ${at}/domains`),
    ]);
    expect(machine.json['id']).toBe(alert['machineId']);
    expect(user.json['accountName']).toMatch(/^user\d{3}$/);
    expect(firstIn(files)['sha256']).toMatch(/^[\da-f]{64}$/);
    expect(firstIn(ips)['id']).toMatch(/^198\.51\.100\.\d+$/);
    expect(firstIn(domains)['host']).toMatch(/\.example\.(net|org|com)$/);
  });

  it('takes a PATCH in either letter case, since the documentation shows both', async () => {
    await using simulator = await startSimulator();
    const { id } = firstIn(await call(simulator, 'GET /api/alerts?$top=1'));
    const path = `/api/alerts/${String(id)}` as const;
    await call(simulator, `PATCH ${path}`, { Status: 'Resolved', Comment: 'upper' });
    const seen = await call(simulator, `PATCH ${path}`, { assignedTo: 'ada', comment: 'lower' });
    expect(seen.json).toMatchObject({
      status: 'Resolved',
      assignedTo: 'ada',
      resolvedTime: A_TEXT,
      comments: [{ comment: 'upper' }, { comment: 'lower' }],
    });
  });

  it('is not found where there is none', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, 'PATCH /api/alerts/x', {}))).toEqual([
      404,
      'ResourceNotFound',
      'Resource Alert x was not found.',
    ]);
  });
});

describe('POST /api/alerts/batchUpdate', () => {
  it('changes every alert it names, and answers 200 without a body', async () => {
    await using simulator = await startSimulator();
    const ids = rowsIn(await call(simulator, 'GET /api/alerts?$top=3')).map(({ id }) => id);
    const seen = await call(simulator, 'POST /api/alerts/batchUpdate', {
      alertIds: ids,
      status: 'Resolved',
    });
    expect([seen.status, seen.text]).toEqual([200, '']);
    const after = rowsIn(await call(simulator, 'GET /api/alerts?$top=3'));
    expect(after.map(({ status }) => status)).toEqual(['Resolved', 'Resolved', 'Resolved']);
  });

  it('changes none where one is not found', async () => {
    await using simulator = await startSimulator();
    const { id } = firstIn(await call(simulator, "GET /api/alerts?$filter=status eq 'New'"));
    const body = { alertIds: [id, 'x'], status: 'Resolved' };
    const seen = await call(simulator, 'POST /api/alerts/batchUpdate', body);
    expect(refusalIn(seen)[1]).toBe('ResourceNotFound');
    expect((await call(simulator, `GET /api/alerts/${String(id)}`)).json['status']).toBe('New');
  });

  it('needs alertIds, in this spelling', async () => {
    await using simulator = await startSimulator();
    const missing = await call(simulator, 'POST /api/alerts/batchUpdate', { status: 'New' });
    expect(refusalIn(missing)).toEqual([
      400,
      'MissingRequiredParameter',
      'Parameter alertIds is missing.',
    ]);
    const slip = await call(simulator, 'POST /api/alerts/batchUpdate', { AlertIds: [] });
    expect(refusalIn(slip)[1]).toBe('InvalidRequestBody');
  });
});

describe('POST /api/alerts/CreateAlertByReference', () => {
  it('adds an alert to the device', async () => {
    await using simulator = await startSimulator();
    const machineId = await machineOn(simulator, 'Windows11');
    const before = rowsIn(await call(simulator, 'GET /api/alerts')).length;
    const body = { ...NEW_ALERT, machineId };
    const seen = await call(simulator, 'POST /api/alerts/CreateAlertByReference', body);
    expect(seen.json).toMatchObject({ title: NEW_ALERT.title, severity: 'Low', status: 'New' });
    const own = await call(simulator, `GET /api/machines/${machineId}/alerts`);
    expect(rowsIn(own).map(({ id }) => id)).toContain(seen.json['id']);
    const all = await call(simulator, 'GET /api/alerts?$orderby=alertCreationTime');
    expect(rowsIn(all).map(({ id }) => id)).toContain(seen.json['id']);
    expect(rowsIn(all)).toHaveLength(before + 1);
  });

  it.each([
    ['an unknown device', { machineId: 'x' }, 404, 'ResourceNotFound'],
    ['no device', {}, 400, 'MissingRequiredParameter'],
    [
      'the plural of recommendedAction',
      { recommendedAction: undefined },
      400,
      'MissingRequiredParameter',
    ],
    [
      'an unknown severity',
      { machineId: 'lab-901.contoso.com', severity: 'Dire' },
      400,
      'InvalidInput',
    ],
  ])('refuses %s', async (_what, change, status, code) => {
    await using simulator = await startSimulator();
    const body = { ...NEW_ALERT, ...change };
    const seen = await call(simulator, 'POST /api/alerts/CreateAlertByReference', body);
    expect(refusalIn(seen).slice(0, 2)).toEqual([status, code]);
  });
});
