import { observedClients } from './observed-clients.ts';

/** A way to get a JSON document. */
export interface HttpClient {
  readonly get: (url: string) => Promise<unknown>;
  /** How many spans have ended so far, and how many each request makes; undefined: none. */
  readonly spans?: () => number;
  readonly spansPerRequest?: number;
}

/** Makes a client for a server at `origin`. Each process loads only what its own client needs. */
export type MakeHttpClient = (origin: string) => HttpClient | Promise<HttpClient>;

const json = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();

/** What the built-in fetch is put into. */
const fetchClients: Readonly<Record<string, MakeHttpClient>> = {
  'built-in fetch': () => ({ get: (url) => json(fetch(url)) }),
  'fetch with a signal': () => ({
    get: (url) => json(fetch(url, { signal: new AbortController().signal })),
  }),
  'fetch + floor': async () => {
    const { Floor } = await import('./floor.ts');
    const floor = new Floor();
    return { get: (url) => json(floor.execute(({ signal }) => fetch(url, { signal }))) };
  },
  'ours: fetch': async (origin) => {
    const { createResilience } = await import('@defender-resilience/core');
    const wrapped = createResilience({ hosts: { [new URL(origin).host]: 'all' } }).fetch;
    return { get: (url) => json(wrapped(url)) };
  },
  'fetch + p-retry': async () => {
    const { default: pRetry } = await import('p-retry');
    return { get: (url) => json(pRetry(() => fetch(url), { retries: 3 })) };
  },
  'fetch + opossum': async () => {
    const { default: CircuitBreaker } = await import('opossum');
    const breaker = new CircuitBreaker((url: string) => fetch(url));
    return { get: (url) => json(breaker.fire(url)) };
  },
  'fetch + cockatiel wrap': async () => {
    const { cockatielWrap } = await import('./cockatiel.ts');
    const policy = cockatielWrap();
    // Reads the body inside: cockatiel's timeout aborts the body of an answer that it has given.
    return { get: (url) => policy.execute(({ signal }) => json(fetch(url, { signal }))) };
  },
};

const otherClients: Readonly<Record<string, MakeHttpClient>> = {
  ky: async () => {
    const { default: ky } = await import('ky');
    return { get: (url) => ky(url, { retry: 3 }).json() };
  },
  'Graph RetryHandler': graphClient,
  '@azure/core-rest-pipeline': azureClient,
  'axios + axios-retry': async () => {
    const { default: axios } = await import('axios');
    const { default: axiosRetry } = await import('axios-retry');
    const instance = axios.create();
    axiosRetry(instance, { retries: 3 });
    return { get: async (url) => (await instance.get<unknown>(url)).data };
  },
  got: async () => {
    const { default: got } = await import('got');
    return { get: (url) => got(url, { retry: { limit: 3 } }).json() };
  },
  'undici request': async () => {
    const { request } = await import('undici');
    return { get: async (url) => (await request(url)).body.json() };
  },
  'undici retry interceptor': async () => {
    const { Agent, interceptors, request } = await import('undici');
    const dispatcher = new Agent().compose(interceptors.retry());
    return { get: async (url) => (await request(url, { dispatcher })).body.json() };
  },
  'ours: undici interceptor': async (origin) => {
    const { Agent, request } = await import('undici');
    const { createResilience } = await import('@defender-resilience/core');
    const { undiciInterceptor } = await import('@defender-resilience/core/undici');
    const resilience = createResilience({ hosts: { [new URL(origin).host]: 'all' } });
    const dispatcher = new Agent().compose(undiciInterceptor(resilience));
    return { get: async (url) => (await request(url, { dispatcher })).body.json() };
  },
};

async function azureClient(): Promise<HttpClient> {
  const { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } =
    await import('@azure/core-rest-pipeline');
  const pipeline = createPipelineFromOptions({});
  const azure = createDefaultHttpClient();
  return {
    get: async (url) => {
      const request = createPipelineRequest({ url, allowInsecureConnection: true });
      const { bodyAsText } = await pipeline.sendRequest(azure, request);
      return JSON.parse(bodyAsText ?? '') as unknown;
    },
  };
}

async function graphClient(): Promise<HttpClient> {
  const { HTTPMessageHandler, RetryHandler, RetryHandlerOptions } = await import(
    '@microsoft/microsoft-graph-client'
  );
  const retry = new RetryHandler(new RetryHandlerOptions());
  retry.setNext(new HTTPMessageHandler());
  return {
    get: async (request) => {
      const context = { request, options: { method: 'GET' } };
      await retry.execute(context);
      return ('response' in context ? (context.response as Response) : undefined)?.json();
    },
  };
}

/** All of them, by the name that the results print. */
export const httpClients: Readonly<Record<string, MakeHttpClient>> = {
  ...fetchClients,
  ...otherClients,
  ...observedClients,
};
