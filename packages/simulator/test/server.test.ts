import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, refusalIn } from './support.ts';

describe('the server', () => {
  it('takes bodies of any content type as the text they are', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'PATCH /api/incidents/10200', '{"comment":"x"}', {
      'content-type': 'text/plain',
    });
    expect(seen.status).toBe(200);
    expect(simulator.requests[0]?.body).toBe('{"comment":"x"}');
  });

  it('says that it is the simulator which refuses a body beyond 32 MiB', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /api/indicators', 'x'.repeat(33 * 1024 * 1024));
    expect([seen.status, seen.json]).toEqual([413, { simulator: 'Request body is too large' }]);
  });

  it('answers what no route has as the service does, whatever the method', async () => {
    await using simulator = await startSimulator();
    for (const request of ['PUT /api/incidents', 'GET /', 'DELETE /v1.0/security/x'] as const) {
      const seen = await call(simulator, request);
      expect(refusalIn(seen).slice(0, 2)).toEqual([404, 'NotFound']);
    }
  });

  it('serves many calls at once', async () => {
    await using simulator = await startSimulator({ quotas: 'off' });
    const seen = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        call(simulator, `GET /api/incidents/${10_001 + index}`),
      ),
    );
    expect(seen.map(({ json }) => json['incidentId'])).toEqual(
      Array.from({ length: 200 }, (_, index) => 10_001 + index),
    );
  });
});
