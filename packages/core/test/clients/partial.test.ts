import {
  classify,
  createResilience,
  failureOf,
  logObserver,
  type Observer,
  type ProviderFailure,
  type Resilience,
} from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { clientFor, majors } from '../support/graph.ts';
import { startServer } from '../support/real.ts';

// https://github.com/microsoftgraph/microsoft-graph-docs/issues/4184
const WARNING = '199 - "Microsoft/WDATP/401/228"';
const WDATP = { vendor: 'Microsoft', provider: 'WDATP', status: 401, latencyMs: 228 };

const clients: Readonly<Record<string, (r: Resilience, url: string) => Promise<unknown>>> = {
  fetch: (resilience, url) => resilience.fetch(url),
  axios: (resilience, url) => wrapAxios(resilience, axios.create()).get(url),
  undici: (resilience, url) =>
    request(url, { dispatcher: new Agent().compose(undiciInterceptor(resilience)) }),
  'execute with fetch': (resilience, url) => resilience.execute('x', () => fetch(url)),
  'execute with a wrapped axios': (resilience, url) => {
    const client = wrapAxios(resilience, axios.create());
    return resilience.execute('x', () => client.get(url));
  },
};

async function get(
  client: (resilience: Resilience, url: string) => Promise<unknown>,
  headers: Record<string, string | string[]>,
): Promise<{
  response: unknown;
  sent: number;
  seen: (readonly ProviderFailure[] | undefined)[];
  outcomes: string[];
  state: string | undefined;
}> {
  await using server = await startServer((_, response) => {
    response.writeHead(206, {
      'content-type': 'application/json',
      'request-id': 'id-1',
      ...headers,
    });
    response.end('{"value":[]}');
  });
  const seen: (readonly ProviderFailure[] | undefined)[] = [];
  const outcomes: string[] = [];
  const observer: Observer = {
    call: () => ({
      attempt: () => ({ end: ({ partial }) => void seen.push(partial) }),
      end: ({ outcome }) => void outcomes.push(outcome),
    }),
  };
  const resilience = createResilience({
    observers: [observer],
    hosts: { [new URL(server.url).host]: 'all' },
    circuit: { minimumAttempts: 1, failureRatio: 0.01 },
  });
  const response = await client(resilience, `${server.url}/v1.0/security/alerts`);
  const state = resilience.snapshot().circuits[0]?.state;
  return { response, sent: server.requests.length, seen, outcomes, state };
}

describe.each(Object.entries(clients))('a partial response to %s', (_, client) => {
  it('is a success that names the providers which are missing', async () => {
    const { response, sent, seen, outcomes, state } = await get(client, { warning: WARNING });
    expect(sent).toBe(1);
    const failure = failureOf(response);
    expect(failure).toMatchObject({
      code: 'Http206',
      status: 206,
      verdict: 'terminal',
      trackingId: 'id-1',
      partial: [WDATP],
    });
    expect(failure?.advice).toContain('Microsoft/WDATP (401)');
    expect(seen[0]).toEqual([WDATP]);
    expect(new Set(outcomes)).toEqual(new Set(['success']));
    expect(state).toBe('closed');
    expect(classify(response)).toBeUndefined();
  });

  it('is any other 206 where nothing is missing', async () => {
    const { response, seen } = await get(client, { 'content-range': 'bytes 0-11/12' });
    expect(failureOf(response)).toBeUndefined();
    expect(seen[0]).toBeUndefined();
  });
});

it.each(majors)('is found from the document that $name returns', async ({ sdk }) => {
  await using server = await startServer((_, response) => {
    response.writeHead(206, { 'content-type': 'application/json', warning: WARNING });
    response.end('{"value":[]}');
  });
  const { client } = clientFor(sdk, server, createResilience());
  const document: unknown = await client.api('/security/alerts').get();
  expect(document).toEqual({ value: [] });
  expect(failureOf(document)?.partial).toEqual([WDATP]);
});

it('names every provider, and calls those that timed out worth another try', async () => {
  const fetchOnly = (resilience: Resilience, url: string): Promise<Response> =>
    resilience.fetch(url);
  const warning = ['199 - "Contoso, Inc./Edge (EU)/504/10000.5"', '199 - "Microsoft/ASC/429/3"'];
  const { response } = await get(fetchOnly, { warning });
  expect(failureOf(response)).toMatchObject({
    verdict: 'retryable',
    partial: [
      { vendor: 'Contoso, Inc.', provider: 'Edge (EU)', status: 504, latencyMs: 10_000 },
      { vendor: 'Microsoft', provider: 'ASC', status: 429, latencyMs: 3 },
    ],
  });
});

it.each([
  '199 - "nothing"',
  '299 - "Microsoft/WDATP/401/228"',
  '199 - "a/b/c/d"',
  `199 - "${'x'.repeat(2_000)}/WDATP/401/228"`,
  '199 - "<script>/WDATP/401/228"',
])('takes %j for no provider', async (warning) => {
  const fetchOnly = (resilience: Resilience, url: string): Promise<Response> =>
    resilience.fetch(url);
  const { response } = await get(fetchOnly, { warning });
  expect(failureOf(response)).toBeUndefined();
});

it('is logged', () => {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const observer = logObserver({ logger: { info: log, warn: log, error: log } });
  const call = observer.call?.({ operation: 'x', client: 'fetch', quotaGroup: 'other' });
  call
    ?.attempt?.({ attempt: 1, delayMs: 0 })
    ?.end?.({ attempt: 1, durationMs: 1, partial: [WDATP] });
  expect(lines).toEqual(['x got a partial response without Microsoft/WDATP (401)']);
});
