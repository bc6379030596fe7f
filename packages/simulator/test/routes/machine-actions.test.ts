import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_TEXT, call, firstIn, machineOn, refusalIn, rowsIn, type Seen } from '../support.ts';

const LAB = 'lab-901.contoso.com';
const LEGACY = 'old-900.contoso.com';
const MINUTE = 60_000;

function act(simulator: Simulator, name: string, body: object, machine = LAB): Promise<Seen> {
  return call(simulator, `POST /api/machines/${machine}/${name}`, body);
}

const SHA1 = 'a'.repeat(40);
const SCRIPT = { type: 'RunScript', params: [{ key: 'ScriptName', value: 'a.ps1' }] };

describe('response actions', () => {
  it.each([
    ['isolate', 'Isolate', { IsolationType: 'Selective' }, { scope: 'Selective' }],
    ['unisolate', 'Unisolate', {}, { scope: null }],
    ['runAntiVirusScan', 'RunAntiVirusScan', { ScanType: 'Full' }, { scope: 'Full' }],
    [
      'StopAndQuarantineFile',
      'StopAndQuarantineFile',
      { Sha1: SHA1 },
      { relatedFileInfo: { fileIdentifier: SHA1, fileIdentifierType: 'Sha1' } },
    ],
    ['restrictCodeExecution', 'RestrictCodeExecution', {}, {}],
    ['unrestrictCodeExecution', 'UnrestrictCodeExecution', {}, {}],
    ['collectInvestigationPackage', 'CollectInvestigationPackage', {}, {}],
    ['offboard', 'Offboard', {}, {}],
    [
      'runliveresponse',
      'LiveResponse',
      { Commands: [SCRIPT] },
      { commands: [{ command: SCRIPT }] },
    ],
  ])('%s begins an action of type %s and answers 201', async (name, type, body, shown) => {
    await using simulator = await startSimulator();
    const seen = await act(simulator, name, { Comment: 'why', ...body });
    expect(seen.status).toBe(201);
    expect(seen.json).toMatchObject({
      ...shown,
      type,
      status: 'Pending',
      requestorComment: 'why',
      computerDnsName: LAB,
    });
    const read = await call(simulator, `GET /api/machineactions/${String(seen.json['id'])}`);
    expect(read.json['id']).toBe(seen.json['id']);
  });

  it('isolates fully by default', async () => {
    await using simulator = await startSimulator();
    expect((await act(simulator, 'isolate', { Comment: '' })).json['scope']).toBe('Full');
  });

  it('refuses a second of a kind on the device while the first goes on, and no other', async () => {
    await using simulator = await startSimulator();
    await act(simulator, 'isolate', { Comment: 'one' });
    expect(refusalIn(await act(simulator, 'isolate', { Comment: 'two' }))).toEqual([
      400,
      'ActiveRequestAlreadyExists',
      'Action is already in progress',
    ]);
    const scan = { Comment: 'x', ScanType: 'Quick' };
    expect((await act(simulator, 'runAntiVirusScan', scan)).status).toBe(201);
    const other = await machineOn(simulator, 'Windows11');
    expect((await act(simulator, 'isolate', { Comment: 'x' }, other)).status).toBe(201);
    expect(simulator.count({ operation: 'machines.isolate' })).toBe(3);
  });

  it('lets the next begin once the first has succeeded', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    await act(simulator, 'isolate', { Comment: 'one' });
    await clock.advance(MINUTE);
    expect((await act(simulator, 'isolate', { Comment: 'two' })).status).toBe(201);
  });

  it.each([
    ['isolate', {}, 'MissingRequiredParameter', 'Parameter Comment is missing.'],
    ['isolate', { comment: 'x' }, 'InvalidRequestBody', 'Request body is incorrect'],
    [
      'isolate',
      { Comment: 'x', isolationtype: 'Full' },
      'InvalidRequestBody',
      'Request body is incorrect',
    ],
    ['isolate', { Comment: 'x', IsolationType: 'Half' }, 'InvalidInput', 'Invalid input Half.'],
    [
      'runAntiVirusScan',
      { Comment: 'x' },
      'MissingRequiredParameter',
      'Parameter ScanType is missing.',
    ],
    [
      'StopAndQuarantineFile',
      { Comment: 'x', Sha1: 'abc' },
      'InvalidHashValue',
      'Hash value abc is invalid.',
    ],
    ['runliveresponse', { Comment: 'x' }, 'InvalidRequestBody', 'Request body is incorrect'],
    ['runliveresponse', { Commands: [] }, 'InvalidRequestBody', 'Request body is incorrect'],
    ['runliveresponse', { Commands: ['x'] }, 'InvalidRequestBody', 'Request body is incorrect'],
    [
      'runliveresponse',
      { Commands: [{ params: [] }] },
      'InvalidRequestBody',
      'Request body is incorrect',
    ],
    [
      'runliveresponse',
      { Commands: [{ Type: 'RunScript' }] },
      'InvalidRequestBody',
      'Request body is incorrect',
    ],
    [
      'runliveresponse',
      { Commands: [{ type: 'RunScript', params: [{ Key: 'a' }] }] },
      'InvalidRequestBody',
      'Request body is incorrect',
    ],
    ['runliveresponse', { Commands: [{ type: 'Dance' }] }, 'InvalidInput', 'Invalid input Dance.'],
  ])('%s refuses %j with %s', async (name, body, code, message) => {
    await using simulator = await startSimulator();
    expect(refusalIn(await act(simulator, name, body))).toEqual([400, code, message]);
    expect(rowsIn(await call(simulator, 'GET /api/machineactions'))).toEqual([]);
  });

  it('are refused on a platform that cannot do them', async () => {
    await using simulator = await startSimulator();
    const mac = await machineOn(simulator, 'macOS');
    expect(refusalIn(await act(simulator, 'restrictCodeExecution', { Comment: 'x' }, mac))).toEqual(
      [400, 'OsPlatformNotSupported', 'OS Platform macOS is not supported for this action.'],
    );
    expect((await act(simulator, 'isolate', { Comment: 'x' }, mac)).status).toBe(201);
  });

  it('are refused on a sensor that is too old', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await act(simulator, 'isolate', { Comment: 'x' }, LEGACY))).toEqual([
      400,
      'ClientVersionNotSupported',
      'Isolate is supported on client version 10.5850 and above.',
    ]);
  });

  it('are refused when the tenant has live response switched off', async () => {
    await using simulator = await startSimulator({ disabledFeatures: ['liveResponse'] });
    expect(refusalIn(await act(simulator, 'runliveresponse', { Commands: [SCRIPT] }))).toEqual([
      403,
      'DisabledFeature',
      'Tenant feature is not enabled.',
    ]);
  });

  it('are refused on a device that there is not', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await act(simulator, 'isolate', { Comment: 'x' }, 'x'))[1]).toBe(
      'ResourceNotFound',
    );
  });
});

describe('what became of an action', () => {
  it('goes from pending to in progress to succeeded', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock, machineActionMs: 10_000 });
    const { id } = (await act(simulator, 'isolate', { Comment: 'x' })).json;
    const status = async (): Promise<unknown> =>
      (await call(simulator, `GET /api/machineactions/${String(id)}`)).json['status'];
    expect(await status()).toBe('Pending');
    await clock.advance(5000);
    expect(await status()).toBe('InProgress');
    await clock.advance(5000);
    expect(await status()).toBe('Succeeded');
  });

  it('is listed newest first, and filtered by what to look for before sending again', async () => {
    await using simulator = await startSimulator({ machineActionMs: 0 });
    await act(simulator, 'isolate', { Comment: 'a' });
    await act(simulator, 'unisolate', { Comment: 'b' });
    const all = rowsIn(await call(simulator, 'GET /api/machineactions'));
    expect(all.map(({ type }) => type)).toEqual(['Unisolate', 'Isolate']);
    const machineId = String(all[0]?.['machineId']);
    const filter = `machineId eq '${machineId}' and type eq 'Isolate'`;
    const found = await call(simulator, `GET /api/machineactions?$filter=${filter}`);
    expect(rowsIn(found).map(({ requestorComment }) => requestorComment)).toEqual(['a']);
  });

  it('can be cancelled while it goes on, and not afterwards', async () => {
    await using simulator = await startSimulator();
    const { id } = (await act(simulator, 'isolate', { Comment: 'x' })).json;
    const cancel = () =>
      call(simulator, `POST /api/machineactions/${String(id)}/cancel`, { Comment: 'mistake' });
    expect((await cancel()).json).toMatchObject({
      status: 'Cancelled',
      cancellationComment: 'mistake',
      cancellationDateTimeUtc: A_TEXT,
    });
    expect(refusalIn(await cancel())).toEqual([
      400,
      'BadRequest',
      'The action cannot be cancelled: it is Cancelled.',
    ]);
    expect((await act(simulator, 'isolate', { Comment: 'again' })).status).toBe(201);
  });

  it('is not found where there is none', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, 'GET /api/machineactions/x'))[1]).toBe(
      'ResourceNotFound',
    );
  });

  it('answers 404 for a package that is not ready, then an address that gives it', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({ clock });
    const { id } = (await act(simulator, 'collectInvestigationPackage', { Comment: 'x' })).json;
    const path = `/api/machineactions/${String(id)}/getPackageUri` as const;
    expect(refusalIn(await call(simulator, `GET ${path}`)).slice(0, 2)).toEqual([404, 'NotFound']);
    await clock.advance(MINUTE - 1);
    expect((await call(simulator, `GET ${path}`)).status).toBe(404);
    await clock.advance(1);
    const uri = String((await call(simulator, `GET ${path}`)).json['value']);
    expect(uri).toMatch(/\/safedownload\/WDATP_Investigation_Package\.zip\?token=/);
    const file = await fetch(uri);
    expect(file.headers.get('content-type')).toBe('application/zip');
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 4)
        .toString('latin1'),
    ).toBe('PK\u0005\u0006');
  });

  it('gives a file only to whoever has the token of its address', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'GET /safedownload/WDATP_Investigation_Package.zip?token=x');
    expect(refusalIn(seen).slice(0, 2)).toEqual([403, 'Forbidden']);
  });

  it('gives each result of a live response', async () => {
    await using simulator = await startSimulator({ machineActionMs: 0 });
    const { id } = (await act(simulator, 'runliveresponse', { Commands: [SCRIPT] })).json;
    const link = (index: number) =>
      call(
        simulator,
        `GET /api/machineactions/${String(id)}/GetLiveResponseResultDownloadLink(index=${index})`,
      );
    expect((await link(0)).json['value']).toContain('/safedownload/command-0.zip?token=');
    expect(refusalIn(await link(1))).toEqual([400, 'InvalidInput', 'Invalid input 1.']);
    const uri = await call(simulator, `GET /api/machineactions/${String(id)}/getPackageUri`);
    expect(refusalIn(uri)[1]).toBe('BadRequest');
  });
});

describe('automated investigations', () => {
  it('begin, and are listed', async () => {
    await using simulator = await startSimulator();
    const machine = await machineOn(simulator, 'Windows11');
    const seen = await act(simulator, 'startInvestigation', { Comment: 'x' }, machine);
    expect(seen.status).toBe(201);
    expect(seen.json).toMatchObject({ state: 'Running', machineId: machine });
    expect(firstIn(await call(simulator, 'GET /api/investigations'))).toEqual(seen.json);
    const read = await call(simulator, `GET /api/investigations/${String(seen.json['id'])}`);
    expect(read.json).toEqual(seen.json);
    expect(refusalIn(await call(simulator, 'GET /api/investigations/1'))[1]).toBe(
      'ResourceNotFound',
    );
  });

  it('are disallowed on a device without an automation level', async () => {
    await using simulator = await startSimulator();
    const [status, code, message] = refusalIn(
      await act(simulator, 'startInvestigation', { Comment: 'x' }),
    );
    expect([status, code]).toEqual([403, 'DisallowedOperation']);
    expect(message).toMatch(/^This device has no automation level assigned to it\./);
  });

  it('are refused when they are switched off', async () => {
    await using simulator = await startSimulator({ disabledFeatures: ['automatedInvestigation'] });
    expect(refusalIn(await act(simulator, 'startInvestigation', { Comment: 'x' }))[1]).toBe(
      'DisabledFeature',
    );
  });
});
