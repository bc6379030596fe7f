import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { A_TEXT, call, errorIn, like, refusalIn } from './support.ts';

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

  it.each([
    ['/api/machines/%ff', 400],
    ['/api/machines/%zz/isolate', 400],
  ])('answers %s, which cannot be decoded, as Defender does', async (path, status) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `GET ${path}`);
    expect(refusalIn(seen)).toEqual([status, 'BadRequest', like(/is not a valid url component$/)]);
    expect(errorIn(seen)['target']).toBe(simulator.trackingIds[0]);
    expect(simulator.requests).toMatchObject([{ path, answered: status }]);
  });

  it('answers what cannot be decoded in the other services’ error formats, too', async () => {
    await using simulator = await startSimulator();
    const graph = await call(simulator, 'GET /v1.0/security/incidents/%ff');
    expect([graph.status, errorIn(graph)]).toMatchObject([
      400,
      { code: 'BadRequest', innerError: { 'request-id': simulator.trackingIds[0] } },
    ]);
    const entra = await call(simulator, 'POST /%ff/oauth2/v2.0/token', 'x=y');
    expect([entra.status, entra.json['error']]).toEqual([400, 'invalid_request']);
    const control = await call(simulator, 'GET /_simulator/%ff');
    expect([control.status, errorIn(control)['code']]).toEqual([404, 'UnknownControlEndpoint']);
  });

  it('answers a path or a content type that is refused before any route as the gateway does', async () => {
    await using simulator = await startSimulator();
    const long = await call(simulator, `GET /api/incidents/${'1'.repeat(600)}`);
    expect([long.status, long.json]).toEqual([414, { statusCode: 414, message: A_TEXT }]);
    const headers = { 'content-type': 'foo' };
    const type = await call(simulator, 'PATCH /api/incidents/10200', {}, headers);
    expect([type.status, type.json]).toEqual([
      415,
      { statusCode: 415, message: 'Unsupported Media Type' },
    ]);
  });

  it('lets a script answer what cannot be decoded', async () => {
    await using simulator = await startSimulator({ script: [503] });
    expect((await call(simulator, 'GET /api/machines/%ff')).status).toBe(503);
  });

  it.each([
    ['POST /api/indicators/import', '{"Indicators":[{"indicatorValue":', '}]}'],
    ['POST /api/indicators', '{"indicatorValue":', '}'],
    ['POST /api/advancedhunting/run', '{"Query":"DeviceInfo","x":', '}'],
  ] as const)('refuses JSON that is nested 20,000 levels deep: %s', async (request, head, tail) => {
    await using simulator = await startSimulator();
    const body = `${head}${'['.repeat(20_000)}"\\"]"${']'.repeat(20_000)}${tail}`;
    expect(refusalIn(await call(simulator, request, body))).toEqual([
      400,
      'InvalidRequestBody',
      'Request body is incorrect',
    ]);
  });

  it('takes JSON whose texts hold any number of brackets', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'PATCH /api/incidents/10200', {
      comment: `${'['.repeat(1000)}"\\`,
    });
    expect(seen.status).toBe(200);
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

describe('a request that is none', () => {
  it.each([
    [
      'whose headers are too long',
      `GET /api/incidents HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
    ],
    ['that is no HTTP', 'HELLO\r\n\r\n'],
  ])('%s is answered by a page, as by Windows’ HTTP server', async (_, sent) => {
    await using simulator = await startSimulator();
    const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1');
    const answer = text(socket);
    socket.write(sent);
    expect(await answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/html[\s\S]*<p>HTTP Error 400\. The [\s\S]*<\/HTML>\r\n$/,
    );
    // The next one is answered as ever.
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(200);
  });
});
