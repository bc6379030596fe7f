import type { HttpResponseInfo, Observer, Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { Agent, request as undiciRequest } from 'undici';
import { describe, expect, it } from 'vitest';
import { ResponseInfo } from '../../src/pipeline/response-info.ts';
import { envelope, quick, startServer } from '../support/real.ts';

const FAILED = 'a1d1c2a0-0000-4000-8000-000000000001';
const SUCCEEDED = 'a1d1c2a0-0000-4000-8000-000000000002';

const clients: Record<string, (resilience: Resilience, url: string) => Promise<unknown>> = {
  fetch: (resilience, url) => resilience.fetch(url),
  axios: (resilience, url) => wrapAxios(resilience, axios.create()).get(url),
  'axios that resolves': (resilience, url) =>
    wrapAxios(resilience, axios.create({ validateStatus: () => true })).get(url),
  'axios in execute': (resilience, url) => resilience.execute('x', () => axios.get(url)),
  undici: (resilience, url) =>
    undiciRequest(url, { dispatcher: new Agent().compose(undiciInterceptor(resilience)) }),
};

/** What observers read of the responses of one call. */
async function responsesTo(
  client: (resilience: Resilience, url: string) => Promise<unknown>,
  headers: (count: number) => Record<string, string>,
): Promise<(Partial<HttpResponseInfo> | undefined)[]> {
  await using server = await startServer((_, response, count) => {
    response.writeHead(count === 1 ? 500 : 200, {
      ...headers(count),
      'content-type': 'application/json',
    });
    response.end(count === 1 ? envelope('InternalServerError') : '{}');
  });
  const seen: (Partial<HttpResponseInfo> | undefined)[] = [];
  const observer: Observer = {
    call: () => ({
      attempt: () => ({
        end: ({ response }) => {
          const { requestId, protocolVersion } = response ?? {};
          seen.push(response && { requestId, protocolVersion });
        },
      }),
    }),
  };
  await client(quick(server.url, { observers: [observer] }), `${server.url}/api/incidents`);
  return seen;
}

describe.each(Object.entries(clients))('a response to %s', (name, client) => {
  it('shows the ID of the service, and the version of HTTP where the client does', async () => {
    const seen = await responsesTo(client, (count) => ({
      [count === 1 ? 'X-Ms-Request-Id' : 'request-id']: count === 1 ? FAILED : SUCCEEDED,
    }));
    const protocolVersion = name.startsWith('axios') ? '1.1' : undefined;
    expect(seen).toEqual([
      { requestId: FAILED, protocolVersion },
      { requestId: SUCCEEDED, protocolVersion },
    ]);
  });
});

it('shows no ID that is a token, an address or a link', async () => {
  const { fetch } = clients;
  if (fetch === undefined) throw new Error('There is no fetch');
  const seen = await responsesTo(fetch, (count) => ({
    'x-ms-request-id': count === 1 ? `eyJ0eXAiOiJKV1QiLCJh.${'x'.repeat(20)}` : 'ann@contoso.com',
    'request-id': count === 1 ? 'https://host/?sig=1' : SUCCEEDED,
  }));
  expect(seen.map((info) => info?.requestId)).toEqual([undefined, SUCCEEDED]);
});

describe('the ID of a request', () => {
  const headers = { 'x-ms-request-id': 'azure', 'request-id': 'graph' };

  it.each<[string, unknown, string | undefined]>([
    ['a response', { headers }, 'azure'],
    ['a response of fetch', new Response('', { headers }), 'azure'],
    ['a response of superagent', { header: headers }, 'azure'],
    ['an error with its response', { headers: {}, response: { headers } }, 'azure'],
    ['an error whose response is no object', { response: 'none', headers }, 'azure'],
    ['a response of Graph', { headers: { 'request-id': 'graph' } }, 'graph'],
    ['a response with two', { headers: { 'x-ms-request-id': 'a b', 'request-id': 'g' } }, 'g'],
    ['a response without one', { headers: { 'x-request-id': 'other' } }, undefined],
    ['a value', 'done', undefined],
    ['nothing', undefined, undefined],
  ])('of %s', (_what, outcome, id) => {
    expect(new ResponseInfo(outcome).requestId).toBe(id);
  });
});

describe('the version of HTTP', () => {
  it.each<[string, unknown, string | undefined]>([
    ['Node’s response', { httpVersion: '1.1' }, '1.1'],
    ['HTTP/2', { httpVersion: '2.0' }, '2'],
    ['HTTP/1.0', { httpVersion: '1.0' }, '1'],
    ['superagent’s response', { res: { httpVersion: '1.1' } }, '1.1'],
    ['axios’s response', { request: { res: { httpVersion: '2.0' } } }, '2'],
    ['an error of axios', { response: { request: { res: { httpVersion: '1.1' } } } }, '1.1'],
    ['the outermost of several', { httpVersion: '2.0', res: { httpVersion: '1.1' } }, '2'],
    ['one behind what is none', { httpVersion: '', res: { httpVersion: '1.1' } }, '1.1'],
    ['a number', { httpVersion: 1.1 }, undefined],
    ['a name', { httpVersion: 'HTTP/1.1' }, undefined],
    ['more than a version', { httpVersion: '1.1 ' }, undefined],
    ['too long a number', { httpVersion: '10.1' }, undefined],
    ['too many digits', { httpVersion: '1.10' }, undefined],
    ['no digit', { httpVersion: 'a.b' }, undefined],
    ['no dot', { httpVersion: '1x1' }, undefined],
    ['a value', 'done', undefined],
  ])('of %s', (_what, outcome, version) => {
    expect(new ResponseInfo(outcome).protocolVersion).toBe(version);
  });

  it('of what cannot be read is unknown', () => {
    const unreadable = {
      get response(): never {
        throw new Error('unreadable');
      },
      get httpVersion(): never {
        throw new Error('unreadable');
      },
      get headers(): never {
        throw new Error('unreadable');
      },
    };
    const { requestId, protocolVersion } = new ResponseInfo(unreadable);
    expect([requestId, protocolVersion]).toEqual([undefined, undefined]);
  });
});
