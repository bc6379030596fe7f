import type { HttpResponseInfo, Observer, Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { Agent, request as undiciRequest } from 'undici';
import { describe, expect, it } from 'vitest';
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
