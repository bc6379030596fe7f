import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classify } from '../../../src/failure/classify.ts';
import { clients, type TestedClient } from './clients.ts';

const TRACKING = '43f4cb08-8fac-4b65-9db1-745c2ae65f3a';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

const answers: Readonly<Record<string, Answer>> = {
  '/forbidden': json(
    403,
    {
      error: {
        code: 'Forbidden',
        message: 'Missing application roles. API required roles: A,B, application roles: C.',
        target: TRACKING,
      },
    },
    { 'x-ms-request-id': 'header-1' },
  ),
  '/graph': json(
    401,
    {
      error: {
        code: 'InvalidAuthenticationToken',
        message: 'Access token is empty.',
        innerError: { date: '2026-11-24T05:38:00', 'request-id': TRACKING },
      },
    },
    { 'request-id': 'header-1' },
  ),
  '/throttled': json(
    429,
    { error: { code: '429', message: 'API calls quota exceeded!', target: TRACKING } },
    { 'retry-after': '7', 'request-id': 'header-1' },
  ),
  '/page': (_, response) => {
    response.writeHead(500, { 'content-type': 'text/html', 'request-id': 'header-1' });
    response.end('<html><head><title>Oops</title></head><body>no</body></html>');
  },
  '/empty': (_, response) => response.writeHead(503, { 'request-id': 'header-1' }).end(),
  '/reset': (request) => request.socket.resetAndDestroy(),
  '/hang': () => undefined,
};

let server: Server;
let url: string;
let refused: string;

const listen = async (): Promise<Server> => {
  const made = createServer((request, response) => {
    const answer = answers[(request.url ?? '').replace('/v1.0', '')];
    if (answer !== undefined) answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(made, 'listening');
  return made;
};

// A server that listens on a port has an address of this kind.
const urlOf = (made: Server): string => `http://127.0.0.1:${(made.address() as AddressInfo).port}`;

beforeAll(async () => {
  const gone = await listen();
  refused = urlOf(gone);
  gone.close();
  await once(gone, 'close');
  server = await listen();
  url = urlOf(server);
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it succeeded');
}

const able = (ability: TestedClient['cannot'][number]): readonly TestedClient[] =>
  clients.filter(({ cannot }) => !cannot.includes(ability));
const keeping = (...parts: TestedClient['keeps']): readonly TestedClient[] =>
  clients.filter(({ keeps }) => parts.every((part) => keeps.includes(part)));

describe.each(keeping('body'))('an error of $name, which keeps the body', ({ get }) => {
  it('says what Defender said', async () => {
    expect(classify(await thrownBy(get(`${url}/forbidden`, {})))).toMatchObject({
      code: 'Forbidden',
      status: 403,
      trackingId: TRACKING,
      source: 'api',
      verdict: 'terminal',
      values: { required: ['A', 'B'], present: ['C'] },
    });
  });

  it('says what Graph said', async () => {
    expect(classify(await thrownBy(get(`${url}/graph`, {})))).toMatchObject({
      code: 'InvalidAuthenticationToken',
      status: 401,
      trackingId: TRACKING,
      source: 'api',
      verdict: 'terminal',
      message: 'Access token is empty.',
    });
  });

  it('says that the quota is used up', async () => {
    expect(classify(await thrownBy(get(`${url}/throttled`, {})))).toMatchObject({
      code: 'TooManyRequests',
      status: 429,
      trackingId: TRACKING,
      source: 'api',
      verdict: 'retryable',
    });
  });
});

describe.each(keeping('headers'))('an error of $name, which keeps the headers', ({ get }) => {
  it('says how long to wait', async () => {
    expect(classify(await thrownBy(get(`${url}/throttled`, {})))?.retryAfterMs).toBe(7_000);
  });
});

describe.each(keeping('page'))(
  'an error of $name, which keeps the headers of any answer',
  ({ get }) => {
    it('has the tracking ID that stands there', async () => {
      expect(classify(await thrownBy(get(`${url}/page`, {})))?.trackingId).toBe('header-1');
    });
  },
);

describe.each(clients)('an error of $name', ({ get }) => {
  it.each([
    ['forbidden', 403, 'terminal'],
    ['graph', 401, 'terminal'],
    ['throttled', 429, 'retryable'],
    ['page', 500, 'retryable'],
    ['empty', 503, 'retryable'],
  ])('for /%s has at least status and verdict', async (path, status, verdict) => {
    const failure = classify(await thrownBy(get(`${url}/${path}`, {})));
    expect(failure).toMatchObject({ status, verdict });
    // Nothing in these two is the service's own: it may have carried out the request.
    expect(failure?.ambiguous).toBe(path === 'page' || path === 'empty' ? true : undefined);
  });

  it('for a page of a gateway does not take it for the API', async () => {
    expect(classify(await thrownBy(get(`${url}/page`, {})))).toMatchObject({
      code: 'Http500',
      source: 'gateway',
    });
  });

  it('for a reset is in doubt', async () => {
    expect(classify(await thrownBy(get(`${url}/reset`, {})))).toMatchObject({
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
    });
  });
});

describe.each(able('cause'))('an error of $name, which keeps its cause', ({ get }) => {
  it('tells a reset by its code', async () => {
    expect(classify(await thrownBy(get(`${url}/reset`, {})))?.code).toBe('ECONNRESET');
  });

  it('tells that a refused connection sent nothing', async () => {
    const failure = classify(await thrownBy(get(`${refused}/forbidden`, {})));
    expect(failure).toMatchObject({
      code: 'ECONNREFUSED',
      verdict: 'retryable',
      source: 'network',
    });
    expect(failure).not.toHaveProperty('ambiguous');
  });

  it('tells that a handshake with a server that knows no TLS sent nothing', async () => {
    const failure = classify(
      await thrownBy(get(`${url.replace('http:', 'https:')}/forbidden`, {})),
    );
    expect(failure).toMatchObject({ verdict: 'retryable', source: 'network' });
    expect(failure).not.toHaveProperty('ambiguous');
  });
});

describe.each(able('abort'))('an error of $name', ({ get }) => {
  it('for an abort is the caller’s own', async () => {
    const caller = new AbortController();
    const call = get(`${url}/hang`, { signal: caller.signal });
    await once(server, 'request');
    caller.abort();
    expect(classify(await thrownBy(call))).toMatchObject({
      code: 'Cancelled',
      source: 'cancelled',
      verdict: 'terminal',
    });
  });
});

describe.each(able('timeout'))('an error of $name', ({ get }) => {
  it('for its own time limit is in doubt', async () => {
    expect(classify(await thrownBy(get(`${url}/hang`, { timeoutMs: 20 })))).toMatchObject({
      source: 'timeout',
      verdict: 'retryable',
      ambiguous: true,
    });
  });
});
