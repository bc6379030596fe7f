import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_TEXT, call, errorIn, firstIn, having, like, refusalIn, rowsIn } from '../support.ts';

describe.each(['v1.0', 'beta'])('Graph %s', (version) => {
  it('lists the same incidents as Defender, in Graph’s words', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `GET /${version}/security/incidents?$top=2`);
    expect(rowsIn(seen)).toMatchObject([
      { id: '10250', status: like(/^(active|inProgress|resolved)$/) },
      {
        id: '10249',
        severity: like(/^[a-z]/),
        classification: A_TEXT,
      },
    ]);
    expect(seen.json['@odata.nextLink']).toContain(`/${version}/security/incidents?`);
    expect(firstIn(seen)).not.toHaveProperty('alerts');
  });

  it('calls unknown what nobody has judged yet', async () => {
    await using simulator = await startSimulator();
    const open = firstIn(await call(simulator, "GET /api/incidents?$filter=status eq 'Active'"));
    expect(open).toMatchObject({ classification: 'Unknown', determination: 'NotAvailable' });
    const path = `/${version}/security/incidents/${String(open['incidentId'])}` as const;
    const { json } = await call(simulator, `GET ${path}`);
    expect(json).toMatchObject({ classification: 'unknown', determination: 'unknown' });
  });

  it('shows alerts inside an incident when it is asked to expand them', async () => {
    await using simulator = await startSimulator();
    const one = await call(simulator, `GET /${version}/security/incidents/10250?$expand=alerts`);
    const own = await call(simulator, `GET /${version}/security/incidents/10250/alerts`);
    expect(one.json['alerts']).toEqual(rowsIn(own));
    expect(firstIn(own)).toMatchObject({
      incidentId: '10250',
      serviceSource: 'microsoftDefenderForEndpoint',
    });
  });

  it('lists and gets alerts with their evidence, whatever the case of alerts_v2', async () => {
    await using simulator = await startSimulator();
    const alert = firstIn(await call(simulator, `GET /${version}/security/alerts_V2?$top=1`));
    const one = await call(simulator, `GET /${version}/security/alerts_v2/${String(alert['id'])}`);
    expect(one.json).toEqual(alert);
    expect(alert['evidence']).toContainEqual(
      having({ '@odata.type': '#microsoft.graph.security.deviceEvidence' }),
    );
  });
});

describe('changes in Graph', () => {
  it('show in Defender too', async () => {
    await using simulator = await startSimulator();
    const change = {
      status: 'resolved',
      assignedTo: 'ada@contoso.com',
      classification: 'truePositive',
      determination: 'malware',
      customTags: ['seen'],
    };
    const seen = await call(simulator, 'PATCH /v1.0/security/incidents/10200', change);
    expect(seen.json).toMatchObject(change);
    expect((await call(simulator, 'GET /api/incidents/10200')).json).toMatchObject({
      status: 'Resolved',
      classification: 'TruePositive',
      determination: 'Malware',
      tags: ['seen'],
    });
  });

  it('of an alert take any letter case, and never a comment', async () => {
    await using simulator = await startSimulator();
    const { id } = firstIn(await call(simulator, 'GET /v1.0/security/alerts_v2?$top=1'));
    const path = `/v1.0/security/alerts_v2/${String(id)}` as const;
    const seen = await call(simulator, `PATCH ${path}`, { Status: 'inProgress', comment: 'x' });
    expect(seen.json).toMatchObject({ status: 'inProgress', comments: [] });
    const commented = await call(simulator, `POST ${path}/comments`, { Comment: 'hello' });
    expect(rowsIn(commented)).toMatchObject([{ comment: 'hello' }]);
    expect((await call(simulator, `GET ${path}`)).json['comments']).toMatchObject([
      { comment: 'hello', createdByDisplayName: A_TEXT },
    ]);
  });

  it('of an incident add comments by a call of their own', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'POST /v1.0/security/incidents/10200/comments', { comment: 'one' });
    await call(simulator, 'POST /v1.0/security/incidents/10200/comments', { comment: 'two' });
    const { json } = await call(simulator, 'GET /v1.0/security/incidents/10200');
    expect(json['comments']).toMatchObject([{ comment: 'one' }, { comment: 'two' }]);
  });

  it('are all refused where a part is not valid', async () => {
    await using simulator = await startSimulator();
    const before = (await call(simulator, 'GET /v1.0/security/incidents/10200')).text;
    const body = { status: 'resolved', customTags: 'x' };
    const seen = await call(simulator, 'PATCH /v1.0/security/incidents/10200', body);
    expect(refusalIn(seen)[1]).toBe('InvalidRequestBody');
    expect((await call(simulator, 'GET /v1.0/security/incidents/10200')).text).toBe(before);
  });
});

describe('an error of Graph', () => {
  it('has its own envelope, and the request’s ID in body and headers', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'GET /v1.0/security/incidents/7', undefined, {
      'client-request-id': 'mine',
    });
    const [trackingId] = simulator.trackingIds;
    expect(seen.status).toBe(404);
    expect(errorIn(seen)).toEqual({
      code: 'ResourceNotFound',
      message: 'Resource Incident 7 was not found.',
      innerError: {
        date: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
        'request-id': trackingId,
        'client-request-id': 'mine',
      },
    });
    expect(seen.headers.get('request-id')).toBe(trackingId);
    expect(seen.headers.get('client-request-id')).toBe('mine');
  });

  it('answers a $top over the limit with BadRequest, not ODataError', async () => {
    await using simulator = await startSimulator();
    expect(refusalIn(await call(simulator, 'GET /v1.0/security/incidents?$top=51'))).toEqual([
      400,
      'BadRequest',
      "Invalid OData URI query The limit of '50' for Top query has been exceeded. The value from the incoming request is '51'.",
    ]);
    expect((await call(simulator, 'GET /v1.0/security/alerts_v2?$top=2000')).status).toBe(200);
  });
});
