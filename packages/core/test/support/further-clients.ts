import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline';
import type { Resilience } from '@defender-resilience/core';
import {
  executeBatch,
  type GraphBatch,
  type GraphBatchResponse,
} from '@defender-resilience/core/graph';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import got from 'got';
import ky from 'ky';
import { Agent, ProxyAgent, fetch as undiciFetch } from 'undici';
import { type AnyRequest, axiosClient, type OpenClient } from './every-client.ts';

type Send = OpenClient['send'];

/** A client that keeps no connection of its own. */
function sending(send: Send): OpenClient {
  return { send, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function initOf({ method, headers, body, signal }: AnyRequest): RequestInit {
  return {
    method,
    headers,
    ...(method === 'POST' && { body }),
    ...(signal && { signal }),
  };
}

/** What a client of somebody's own may throw: with all that it sent and received, in every place of an error. */
async function throwing(url: string, sent: AnyRequest, signal?: AbortSignal): Promise<string> {
  const init = { ...initOf(sent), ...(signal && { signal }) };
  const response = await fetch(`${url}${sent.path}`, init);
  const text = await response.text();
  if (response.ok) return text;
  const inner = Object.assign(new Error(text), { config: sent, headers: [...response.headers] });
  const cause = new AggregateError([inner, text], text, { cause: inner });
  throw Object.assign(new Error(`${sent.path} failed: ${text}`, { cause }), {
    name: 'OwnError',
    code: sent.headers['authorization'],
    request: sent,
    response: { status: response.status, headers: response.headers, data: text, config: sent },
  });
}

function idempotent({ method, signal }: AnyRequest): { idempotent: boolean; signal?: AbortSignal } {
  return { idempotent: method === 'GET', ...(signal && { signal }) };
}

async function viaGot(url: string, sent: AnyRequest, signal: AbortSignal): Promise<string> {
  const { method, headers, body } = sent;
  const own = { method, headers, signal, retry: { limit: 0 }, ...(method === 'POST' && { body }) };
  return (await got(`${url}${sent.path}`, own)).body;
}

async function viaAzure(url: string, sent: AnyRequest, signal: AbortSignal): Promise<string> {
  const pipeline = createPipelineFromOptions({});
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  const request = createPipelineRequest({
    url: `${url}${sent.path}`,
    method: sent.method,
    headers: createHttpHeaders({ ...sent.headers }),
    abortSignal: signal,
    allowInsecureConnection: true,
    ...(sent.method === 'POST' && { body: sent.body }),
  });
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  if (response.status < 400) return response.bodyAsText ?? '';
  throw new RestError(`HTTP ${response.status}`, { request, response });
}

/** A `$batch` that has the request in it twice, with and without a body. */
function batchOf({ method, path, headers, body }: AnyRequest): GraphBatch {
  const url = path.replace(/^\/v1\.0/, '');
  const content: unknown = JSON.parse(body);
  return {
    requests: [
      { id: '1', method, url, headers, body: content },
      { id: '2', method: 'GET', url, headers },
    ],
  };
}

async function postBatch(
  { fetch }: Resilience,
  url: string,
  sent: AnyRequest,
  batch: GraphBatch,
  signal = sent.signal,
): Promise<GraphBatchResponse> {
  const { search } = new URL(sent.path, url);
  const response = await fetch(`${url}/v1.0/$batch${search}`, {
    method: 'POST',
    headers: sent.headers,
    body: JSON.stringify(batch),
    ...(signal && { signal }),
  });
  return response.json() as Promise<GraphBatchResponse>;
}

type OpenFurtherClient = (resilience: Resilience, url: string) => OpenClient;

/** Ways into the wrapper beside those of `everyClient`. */
export const furtherClients: Readonly<Record<string, OpenFurtherClient>> = {
  wrap: (resilience, url) =>
    sending((sent) => {
      const call = resilience.wrap('own.job', throwing, { idempotent: sent.method === 'GET' });
      return call(url, sent, sent.signal);
    }),
  'execute that throws a text': (resilience, url) =>
    sending((sent) =>
      resilience.execute(
        'own.job',
        async ({ signal }) => {
          const response = await fetch(`${url}${sent.path}`, { ...initOf(sent), signal });
          const text = await response.text();
          const thrown: unknown = text;
          if (!response.ok) throw thrown;
          return text;
        },
        idempotent(sent),
      ),
    ),
  ky: (resilience, url) => {
    const client = ky.create({
      fetch: resilience.wrapFetch(fetch, { bufferJson: true }),
      retry: 0,
      timeout: false,
    });
    return sending(async (sent) => (await client(`${url}${sent.path}`, initOf(sent))).text());
  },
  got: (resilience, url) =>
    sending((sent) =>
      resilience.execute('own.job', ({ signal }) => viaGot(url, sent, signal), idempotent(sent)),
    ),
  Azure: (resilience, url) =>
    sending((sent) =>
      resilience.execute('own.job', ({ signal }) => viaAzure(url, sent, signal), idempotent(sent)),
    ),
  'fetch over undici': (resilience, url) => {
    const agent = new Agent();
    const dispatcher = agent.compose(undiciInterceptor(resilience));
    return {
      send: async (sent) => {
        const init = { ...initOf(sent), dispatcher } as Parameters<typeof undiciFetch>[1];
        return (await undiciFetch(`${url}${sent.path}`, init)).text();
      },
      [Symbol.asyncDispose]: () => agent.destroy(),
    };
  },
  batch: (resilience, url) =>
    sending(async (sent) => JSON.stringify(await postBatch(resilience, url, sent, batchOf(sent)))),
  executeBatch: (resilience, url) =>
    sending(async (sent) => {
      const options = sent.signal === undefined ? {} : { signal: sent.signal };
      const end = await executeBatch(
        resilience,
        batchOf(sent),
        (part, { signal }) => postBatch(resilience, url, sent, part, signal),
        options,
      );
      return JSON.stringify(end);
    }),
};

/** Clients that send through a proxy, by the proxy's URL with user and password. */
export const proxiedClients: Readonly<
  Record<string, (resilience: Resilience, url: string, proxy: string) => OpenClient>
> = {
  'fetch through a proxy': (resilience, url, proxy) => {
    const dispatcher = new ProxyAgent(proxy);
    const wrapped = resilience.wrapFetch(undiciFetch as unknown as typeof fetch);
    return {
      send: async (sent) => {
        const init: object = { ...initOf(sent), dispatcher };
        const response = await wrapped(`${url}${sent.path}`, init);
        return response.text();
      },
      [Symbol.asyncDispose]: () => dispatcher.destroy(),
    };
  },
  'undici through a proxy': (resilience, url, proxy) => {
    const agent = new ProxyAgent(proxy);
    const dispatcher = agent.compose(undiciInterceptor(resilience));
    return {
      send: async (sent) => {
        const init = { ...initOf(sent), dispatcher } as Parameters<typeof undiciFetch>[1];
        return (await undiciFetch(`${url}${sent.path}`, init)).text();
      },
      [Symbol.asyncDispose]: () => agent.destroy(),
    };
  },
  'axios through a proxy': (resilience, url, proxy) => {
    const { hostname, port, username, password } = new URL(proxy);
    const auth = { username, password };
    return axiosClient(resilience, url, { proxy: { host: hostname, port: Number(port), auth } });
  },
};
