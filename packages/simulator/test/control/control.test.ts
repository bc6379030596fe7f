import { request } from 'node:http';
import { manualClock } from '@defender-resilience/core/testing';
import { type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { bearer, call, errorIn, including, like } from '../support.ts';

describe('GET /_simulator', () => {
  it('shows the addresses and the endpoints', async () => {
    await using simulator = await startSimulator();
    const { url, graphUrl, tokenUrl } = simulator;
    expect((await call(simulator, 'GET /_simulator')).json).toMatchObject({
      url,
      graphUrl,
      tokenUrl,
      endpoints: including(['POST /_simulator/script', 'DELETE /_simulator/outage']),
    });
  });

  it('says of a path that there is not where to look', async () => {
    await using simulator = await startSimulator();
    for (const unknown of ['GET /_simulator/nope', 'PUT /_simulator/script'] as const) {
      const seen = await call(simulator, unknown);
      expect([seen.status, errorIn(seen)]).toEqual([
        404,
        {
          code: 'UnknownControlEndpoint',
          message: 'There is no such control endpoint; GET /_simulator lists them.',
          faults: [],
        },
      ]);
    }
  });
});

describe('the script', () => {
  it('is added to, shown and cleared', async () => {
    await using simulator = await startSimulator();
    const pending = [{ step: { status: 500 }, timesLeft: 1 }];
    expect((await call(simulator, 'POST /_simulator/script', [500])).json).toEqual({ pending });
    expect((await call(simulator, 'GET /_simulator/script')).json).toEqual({ pending });
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(500);
    await call(simulator, 'POST /_simulator/script', [500]);
    expect((await call(simulator, 'DELETE /_simulator/script')).status).toBe(204);
    expect(simulator.pendingScript).toEqual([]);
  });

  it('is refused whole where a step is not valid', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /_simulator/script', [
      500,
      { times: 0 },
      { statu: 1 },
    ]);
    expect(seen.status).toBe(400);
    expect(errorIn(seen)).toMatchObject({
      code: 'InvalidControlRequest',
      faults: [
        'body[1].times must be an integer ≥ 1 or "always", got 0',
        'body[2].statu is not an option; did you mean body[2].status?',
      ],
    });
    expect(simulator.pendingScript).toEqual([]);
  });

  it.each([
    ['[500', /^the body must be JSON: SyntaxError/],
    ['', /^body must be a list, got an object$/],
    ['{"steps":[]}', /^body must be a list/],
  ])('is refused as %j', async (body, message) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /_simulator/script', body);
    expect([seen.status, errorIn(seen)['message']]).toEqual([400, like(message)]);
  });
});

describe('the requests', () => {
  it('are counted and shown by the same filters as in process', async () => {
    await using simulator = await startSimulator({ script: ['Forbidden', 'reset'] });
    await call(simulator, 'GET /api/incidents');
    await call(simulator, 'GET /api/machines').catch((error: unknown) => error);
    await call(simulator, 'PATCH /api/incidents/10200', { comment: 'x' });
    const shown = async (query: string) =>
      (await call(simulator, `GET /_simulator/requests${query}`)).json;
    expect(await shown('')).toMatchObject({
      count: 3,
      requests: [{}, {}, { body: '{"comment":"x"}' }],
    });
    expect(await shown('?operation=incidents.list')).toMatchObject({
      count: 1,
      requests: [{ order: 1 }],
    });
    expect(await shown('?answered=403')).toMatchObject({ count: 1, requests: [{ order: 1 }] });
    expect(await shown('?answered=reset')).toMatchObject({ count: 1, requests: [{ order: 2 }] });
    expect(await shown('?method=patch&path=/api/incidents/10200')).toMatchObject({
      requests: [{ order: 3 }],
    });
    expect(await shown('?limit=1')).toMatchObject({ count: 3, requests: [{ order: 3 }] });
    expect(await shown('?limit=0')).toEqual({ count: 3, requests: [] });
    const { trackingIds } = (await call(simulator, 'GET /_simulator/tracking-ids')).json;
    expect(trackingIds).toEqual(simulator.trackingIds);
    expect(simulator.trackingIds).toHaveLength(1);
  });

  it.each([
    ['limit=x', 'query.limit must be an integer ≥ 0, got "x"'],
    ['limit=-1', 'query.limit must be an integer ≥ 0, got "-1"'],
    ['answered=x', 'query.answered must be a status, "reset" or "hang", got "x"'],
    [
      'colour=red',
      'query.colour is not an option; known are operation, method, path, answered, limit',
    ],
  ])('refuse %s', async (query, message) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `GET /_simulator/requests?${query}`);
    expect([seen.status, errorIn(seen)]).toEqual([
      400,
      { code: 'InvalidControlRequest', message, faults: [message] },
    ]);
  });
});

describe('hunting tables', () => {
  it('are set and restored', async () => {
    await using simulator = await startSimulator();
    const rows = async (): Promise<unknown> =>
      (await call(simulator, 'POST /api/advancedhunting/run', { Query: 'DeviceEvents' })).json;
    const set = await call(simulator, 'POST /_simulator/hunting', { DeviceEvents: [{ A: 1 }] });
    expect(set.status).toBe(204);
    expect(await rows()).toMatchObject({ Results: [{ A: 1 }] });
    expect((await call(simulator, 'DELETE /_simulator/hunting')).status).toBe(204);
    expect(await rows()).toMatchObject({ error: { code: 'BadRequest' } });
  });

  it('are refused whole where a row is not valid', async () => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, 'POST /_simulator/hunting', { A: [{}], B: [[]] });
    expect([seen.status, errorIn(seen)['message']]).toEqual([
      400,
      "body['B'][0] must be an object, got an array",
    ]);
    const query = await call(simulator, 'POST /api/advancedhunting/run', { Query: 'A' });
    expect(query.status).toBe(400);
  });
});

describe('a body that is nested 20,000 levels deep', () => {
  it.each([
    ['script', '[{"body":', '}]'],
    ['script', '', ''],
    ['hunting', '{"A":[{"x":', '}]}'],
  ])('is refused by %s', async (name, head, tail) => {
    await using simulator = await startSimulator();
    const body = `${head}${'['.repeat(20_000)}${']'.repeat(20_000)}${tail}`;
    const seen = await call(simulator, `POST /_simulator/${name}`, body);
    expect([seen.status, errorIn(seen)['message']]).toEqual([
      400,
      'the body must be JSON: SyntaxError: JSON is nested more than 64 levels deep',
    ]);
  });
});

describe('a request that a web page may have caused', () => {
  /** The answer to a request with these headers, some of which fetch does not send. */
  function ask(
    { url }: Simulator,
    { method = 'POST', path = '/_simulator/script', ...headers }: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number | undefined; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const message = request(`${url}${path}`, { method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      });
      message.on('error', reject).end(method === 'POST' ? '[500]' : undefined);
    });
  }

  it.each([
    ['http://evil.example'],
    ['https://evil.example'],
    ['null'],
    ['http://127.0.0.1'],
    ['http://127.0.0.1:1'],
    ['http://localhost:3000'],
    ['http://127.0.0.1.evil.example'],
  ])('is refused with Origin %s', async (origin) => {
    await using simulator = await startSimulator();
    const { status, text } = await ask(simulator, { origin, 'content-type': 'text/plain' });
    const fault = `Origin must be missing or the simulator's own, got "${origin}"`;
    expect([status, JSON.parse(text)]).toEqual([
      403,
      {
        error: {
          code: 'ForbiddenControlRequest',
          message: `Control endpoints refuse requests from web pages: ${fault}`,
          faults: [fault],
        },
      },
    ]);
    expect(simulator.pendingScript).toEqual([]);
  });

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '192.168.1.7:8080',
    '[::2]',
  ])('is refused with Host %s, also where it only reads', async (host) => {
    await using simulator = await startSimulator();
    for (const [method, path] of [
      ['POST', '/_simulator/script'],
      ['GET', '/_simulator/requests'],
      ['GET', '/_SIMULATOR/requests'],
      ['HEAD', '/_simulator/requests'],
      ['GET', '/_simulator/nothing'],
      ['GET', '/_simulator/%ff'],
    ] as const) {
      const { status, text } = await ask(simulator, { host, method, path });
      expect([path, status]).toEqual([path, 403]);
      if (method !== 'HEAD') expect(text).toContain(`Host must be a loopback address, got`);
    }
    expect(simulator.pendingScript).toEqual([]);
  });

  it('is none with no Origin or the simulator’s own, in any name of this machine', async () => {
    await using simulator = await startSimulator();
    const { port } = new URL(simulator.url);
    for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '127.0.0.2', '[::1]']) {
      const host = `${name}:${port}`;
      expect((await ask(simulator, { host })).status).toBe(200);
      expect((await ask(simulator, { host, origin: `http://${host}` })).status).toBe(200);
    }
    // Through a port that is forwarded to the simulator's.
    expect((await ask(simulator, { host: 'localhost:9999' })).status).toBe(200);
    simulator.reset();
  });

  it('is answered by the API itself, which a browser test may call', async () => {
    await using simulator = await startSimulator();
    const headers = { host: 'evil.example', origin: 'http://evil.example', method: 'GET' };
    expect((await ask(simulator, { ...headers, path: '/api/incidents' })).status).toBe(200);
  });
});

describe('faults, outages and loads', () => {
  it('begin and end', async () => {
    await using simulator = await startSimulator();
    const status = async (): Promise<number> =>
      (await call(simulator, 'GET /api/incidents/10200')).status;
    await call(simulator, 'POST /_simulator/outage');
    expect(await status()).toBe(503);
    await call(simulator, 'DELETE /_simulator/outage');
    expect(await status()).toBe(200);
    await call(simulator, 'POST /_simulator/faults', { probability: 1, codes: [404] });
    expect(await status()).toBe(404);
    await call(simulator, 'DELETE /_simulator/faults');
    expect(await status()).toBe(200);
  });

  it.each([
    ['outage', { status: 200 }, 'body.status must be a status from 400 to 599 or "reset", got 200'],
    ['faults', {}, 'body.probability must be given'],
    ['foreign-load', { group: 'incidents' }, 'body.share must be given'],
  ])('refuse %s of %j', async (name, body, message) => {
    await using simulator = await startSimulator();
    const seen = await call(simulator, `POST /_simulator/${name}`, body);
    expect([seen.status, errorIn(seen)['message']]).toEqual([400, message]);
  });

  it('show in the quotas', async () => {
    const clock = manualClock();
    await using simulator = await startSimulator({
      clock,
      quotas: { incidents: { perMinute: 10 } },
    });
    await call(simulator, 'POST /_simulator/foreign-load', { group: 'incidents', share: 0.5 });
    await clock.advance(60_000);
    await call(simulator, 'GET /api/incidents');
    const foreign = async (): Promise<unknown> =>
      (await call(simulator, 'GET /_simulator/quotas')).json;
    expect(await foreign()).toMatchObject({ quotas: [{ allowed: 1, windows: [{ foreign: 5 }] }] });
    await call(simulator, 'DELETE /_simulator/foreign-load');
    await clock.advance(60_000);
    expect(await foreign()).toMatchObject({ quotas: [{ windows: [{ foreign: 0 }] }] });
  });
});

describe('POST', () => {
  it('/_simulator/reset forgets everything', async () => {
    await using simulator = await startSimulator({ script: [500] });
    await call(simulator, 'PATCH /api/machines/lab-901.contoso.com', { deviceValue: 'High' });
    expect((await call(simulator, 'POST /_simulator/reset')).status).toBe(204);
    expect([simulator.count(), simulator.pendingScript]).toEqual([0, []]);
  });

  it('/_simulator/expire-tokens ends all tokens', async () => {
    await using simulator = await startSimulator({ requireToken: true });
    const headers = await bearer(simulator);
    expect((await call(simulator, 'GET /api/incidents', undefined, headers)).status).toBe(200);
    await call(simulator, 'POST /_simulator/expire-tokens');
    expect((await call(simulator, 'GET /api/incidents', undefined, headers)).status).toBe(401);
  });
});
