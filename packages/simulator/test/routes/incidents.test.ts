import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, having, like, refusalIn, rowsIn } from '../support.ts';

describe('GET /api/incidents', () => {
  it('lists the newest first, fifty to a page, with a link to the next', async () => {
    await using simulator = await startSimulator();
    const first = await call(simulator, 'GET /api/incidents');
    expect(rowsIn(first)).toHaveLength(50);
    expect(rowsIn(first).slice(0, 2)).toMatchObject([
      { incidentId: 10_250 },
      { incidentId: 10_249 },
    ]);
    expect(first.json['@odata.nextLink']).toBe(`${simulator.url}/api/incidents?$skip=50`);
  });

  it('leads through all incidents once when the links are followed', async () => {
    await using simulator = await startSimulator({ incidents: 100 });
    const seen: unknown[] = [];
    let next: unknown = `${simulator.url}/api/incidents?$top=50&$filter=incidentId gt 0`;
    while (typeof next === 'string') {
      const path = next.slice(simulator.url.length);
      const page = await call(simulator, `GET ${path}`);
      seen.push(...rowsIn(page).map(({ incidentId }) => incidentId));
      next = page.json['@odata.nextLink'];
    }
    expect(new Set(seen).size).toBe(100);
    expect(seen).toHaveLength(100);
    // The last page says that it is the last.
    expect(simulator.count()).toBe(2);
  });

  it('shows each incident with its alerts and their devices', async () => {
    await using simulator = await startSimulator();
    const [incident] = rowsIn(await call(simulator, 'GET /api/incidents?$top=1'));
    expect(incident?.['status']).toMatch(/^(Active|InProgress|Resolved)$/);
    expect(incident?.['alerts']).toContainEqual(
      having({
        incidentId: 10_250,
        mitreTechniques: [like(/^T\d{4}/)],
        devices: [having({ mdatpDeviceId: like(/^[\da-f]{40}$/) })],
        entities: [having({ sha1: like(/^[\da-f]{40}$/) })],
      }),
    );
  });

  it('filters by comparisons joined with and / or, and by in', async () => {
    await using simulator = await startSimulator();
    const filtered = async (filter: string): Promise<number> => {
      const path = `/api/incidents?$count=true&$filter=${encodeURIComponent(filter)}` as const;
      return Number((await call(simulator, `GET ${path}`)).json['@odata.count']);
    };
    const active = await filtered("status eq 'Active'");
    const resolved = await filtered("status eq 'Resolved'");
    expect(active).toBeGreaterThan(0);
    expect(await filtered("status eq 'Active' or status eq 'Resolved'")).toBe(active + resolved);
    expect(await filtered("status in ('Active', 'Resolved')")).toBe(active + resolved);
    expect(await filtered("status ne 'Active' and incidentId ge 1")).toBe(250 - active);
    expect(await filtered('lastUpdateTime ge 2026-01-31T12:00:00Z')).toBe(1);
    expect(await filtered('lastUpdateTime lt 2026-01-31T12:00:00Z')).toBe(249);
    expect(await filtered('incidentId le 10001')).toBe(1);
  });

  it('sorts by a field, ascending by default', async () => {
    await using simulator = await startSimulator();
    const first = async (order: string): Promise<unknown> => {
      const page = await call(simulator, `GET /api/incidents?$top=1&$orderby=${order}`);
      return rowsIn(page)[0]?.['incidentId'];
    };
    expect(await first('incidentId')).toBe(10_001);
    expect(await first('incidentId%20desc')).toBe(10_250);
  });

  it.each([
    ['$top=101', "Invalid OData URI query The limit of '100' for Top query has been exceeded."],
    ['$top=many', "Invalid OData URI query Invalid value 'many' for $top query option found."],
    ['$skip=-1', "Invalid OData URI query Invalid value '-1' for $skip query option found."],
    ['$filter=nope eq 1', "Invalid OData URI query Could not find a property named 'nope'."],
    [
      '$filter=status like 1',
      "Invalid OData URI query Syntax error in the filter 'status like 1'.",
    ],
    ['$orderby=nope', "Invalid OData URI query Could not find a property named 'nope'."],
  ])('refuses %s with ODataError', async (query, message) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `GET /api/incidents?${query}`);
    const [status, code, said] = refusalIn(seen);
    expect([status, code]).toEqual([400, 'ODataError']);
    expect(String(said)).toContain(message.slice(0, -1));
  });
});

describe('one incident', () => {
  it.each(['/api/incidents/10200', '/api/v1.0/incidents/10200', '/API/Incidents/10200'])(
    'is found at %s',
    async (path) => {
      await using simulator = await startSimulator();
      const seen = await call(simulator, `GET ${path}`);
      expect(seen.json).toMatchObject({ incidentId: 10_200 });
    },
  );

  it('is not found where there is none', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'GET /api/incidents/7');
    expect(refusalIn(seen)).toEqual([
      404,
      'ResourceNotFound',
      'Resource Incident 7 was not found.',
    ]);
  });

  it('keeps what a PATCH changes, and adds its comment to the others', async () => {
    await using simulator = await startSimulator();
    const change = {
      status: 'Resolved',
      assignedTo: 'ada@contoso.com',
      classification: 'TruePositive',
      determination: 'Malware',
      tags: ['seen'],
      comment: 'first',
    };
    await call(simulator, 'PATCH /api/incidents/10200', change);
    await call(simulator, 'PATCH /api/incidents/10200', { comment: 'second' });
    await call(simulator, 'PATCH /api/incidents/10200', { comment: 'third' });
    const { json } = await call(simulator, 'GET /api/incidents/10200');
    expect(json).toMatchObject({
      status: 'Resolved',
      assignedTo: 'ada@contoso.com',
      classification: 'TruePositive',
      determination: 'Malware',
      tags: ['seen'],
      comments: [{ comment: 'first' }, { comment: 'second' }, { comment: 'third' }],
    });
  });

  it.each([
    ['a parameter in the wrong letter case', { Status: 'Resolved' }, 'InvalidRequestBody'],
    ['a value of the wrong type', { status: 7 }, 'InvalidRequestBody'],
    ['a list that holds something else', { tags: [7] }, 'InvalidRequestBody'],
    ['no list where one is due', { tags: 'a' }, 'InvalidRequestBody'],
    ['no object', '[]', 'InvalidRequestBody'],
    ['no JSON', '{"status":', 'InvalidRequestBody'],
    ['an unknown status', { status: 'Gone' }, 'InvalidInput'],
    ['an unknown classification', { classification: 'Maybe' }, 'InvalidInput'],
    ['an unknown determination', { determination: 'Magic' }, 'InvalidInput'],
  ])('refuses a PATCH with %s, and changes nothing', async (_what, body, code) => {
    await using simulator = await startSimulator();
    const before = await call(simulator, 'GET /api/incidents/10200');
    const seen = await call(simulator, 'PATCH /api/incidents/10200', body);
    expect(refusalIn(seen).slice(0, 2)).toEqual([400, code]);
    expect((await call(simulator, 'GET /api/incidents/10200')).text).toBe(before.text);
  });

  it('says what the documentation’s own example says of a body it cannot take', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'PATCH /api/incidents/10200', { Comment: 'x' });
    expect(seen.json).toEqual({
      error: {
        code: 'InvalidRequestBody',
        message: 'Request body is incorrect',
        target: like(/^[\da-f]{8}-[\da-f-]{27}$/),
      },
    });
  });

  it('leaves fields alone that are null', async () => {
    await using simulator = await startSimulator();
    const before = await call(simulator, 'GET /api/incidents/10200');
    const seen = await call(simulator, 'PATCH /api/incidents/10200', { status: null, tags: null });
    expect(seen.json['status']).toBe(before.json['status']);
    expect(seen.json['tags']).toEqual(before.json['tags']);
  });
});
