import {
  createDefaultHttpClient,
  createPipelineRequest,
  RestError,
} from '@azure/core-rest-pipeline';
import {
  AnonymousAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from '@microsoft/kiota-abstractions';
import {
  CustomFetchHandler,
  FetchRequestAdapter,
  HttpClient,
} from '@microsoft/kiota-http-fetchlibrary';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import * as undici from 'undici';
import * as undiciV6 from 'undici-v6';
import * as undiciV7 from 'undici-v7';
import { axiosV0, type GraphModule, graph, graphV2, superagent } from './untyped.ts';

interface GetOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that the client itself gives the answer; undefined: as long as it takes. */
  readonly timeoutMs?: number;
}

/** One client, as a program uses it that wants JSON and no retries. */
export interface TestedClient {
  readonly name: string;
  /**
   * What of an answer its error keeps in a form that can be read at once; `page`: the headers of an
   * answer that is no JSON.
   */
  readonly keeps: readonly ('body' | 'headers' | 'page')[];
  /** What it cannot do: such tests leave it out. */
  readonly cannot: readonly ('abort' | 'timeout' | 'cause')[];
  get(url: string, options: GetOptions): Promise<unknown>;
}

const EVERYTHING = ['body', 'headers', 'page'] as const;

/** Every client that `classify` promises to know, at its defaults but for retries. */
export const clients: readonly TestedClient[] = [
  {
    name: 'fetch, whose Response is thrown',
    keeps: ['headers', 'page'],
    cannot: ['timeout'],
    get: async (url, { signal }) => orThrow(await fetch(url, signal ? { signal } : {})),
  },
  ...[
    {
      name: 'undici 8',
      send: (url: string, { signal, timeoutMs = 0 }: GetOptions) =>
        undici.request(url, {
          dispatcher: new undici.Agent({ headersTimeout: timeoutMs }),
          ...(signal ? { signal } : {}),
        }),
    },
    {
      name: 'undici 7',
      send: (url: string, { signal, timeoutMs = 0 }: GetOptions) =>
        undiciV7.request(url, {
          dispatcher: new undiciV7.Agent({ headersTimeout: timeoutMs }),
          ...(signal ? { signal } : {}),
        }),
    },
    {
      name: 'undici 6',
      send: (url: string, { signal, timeoutMs = 0 }: GetOptions) =>
        undiciV6.request(url, {
          dispatcher: new undiciV6.Agent({ headersTimeout: timeoutMs }),
          ...(signal ? { signal } : {}),
        }),
    },
  ].map(
    ({ name, send }): TestedClient => ({
      name: `${name}, whose answer is thrown`,
      keeps: ['headers', 'page'],
      cannot: [],
      async get(url, options) {
        const answer = await send(url, options);
        // oxlint-disable-next-line typescript/only-throw-error -- what a program may do
        if (answer.statusCode >= 400) throw answer;
        return answer.body.text();
      },
    }),
  ),
  {
    name: 'the responseError interceptor of undici 8',
    keeps: EVERYTHING,
    cannot: ['abort', 'timeout'],
    async get(url) {
      const dispatcher = new undici.Agent().compose(undici.interceptors.responseError());
      return (await undici.request(url, { dispatcher })).body.text();
    },
  },
  {
    name: 'axios 1',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs = 0 }) =>
      axios.get(url, { timeout: timeoutMs, ...(signal ? { signal } : {}) }),
  },
  {
    name: 'axios 1 for bytes',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs = 0 }) =>
      axios.get(url, {
        timeout: timeoutMs,
        responseType: 'arraybuffer',
        ...(signal ? { signal } : {}),
      }),
  },
  {
    name: 'axios 1 over fetch',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs = 0 }) =>
      axios.get(url, { timeout: timeoutMs, adapter: 'fetch', ...(signal ? { signal } : {}) }),
  },
  {
    name: 'axios 0',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs = 0 }) =>
      axiosV0.get(url, { timeout: timeoutMs, ...(signal ? { signal } : {}) }),
  },
  {
    name: 'got',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs }) =>
      got(url, {
        retry: { limit: 0 },
        ...(signal ? { signal } : {}),
        ...(timeoutMs === undefined ? {} : { timeout: { response: timeoutMs } }),
      }).json(),
  },
  {
    name: 'ky',
    keeps: EVERYTHING,
    cannot: [],
    get: (url, { signal, timeoutMs }) =>
      ky(url, { retry: 0, timeout: timeoutMs ?? false, ...(signal ? { signal } : {}) }).json(),
  },
  {
    name: 'superagent',
    keeps: EVERYTHING,
    cannot: ['abort'],
    async get(url, { timeoutMs }) {
      const request = superagent.get(url);
      return timeoutMs === undefined ? request : request.timeout({ response: timeoutMs });
    },
  },
  {
    name: 'the Azure pipeline',
    keeps: EVERYTHING,
    cannot: ['timeout'],
    async get(url, { signal }) {
      const request = createPipelineRequest({
        url,
        allowInsecureConnection: true,
        ...(signal ? { abortSignal: signal } : {}),
      });
      const response = await createDefaultHttpClient().sendRequest(request);
      // As the generated clients do.
      if (response.status < 400) return response.bodyAsText;
      throw new RestError('unexpected status', { statusCode: response.status, request, response });
    },
  },
  {
    name: 'Graph client 3',
    keeps: ['body', 'headers'],
    cannot: ['timeout', 'cause'],
    get: (url, { signal }) => graphGet(graph, url, signal),
  },
  {
    name: 'Graph client 2',
    keeps: ['body'],
    cannot: ['timeout', 'cause'],
    get: (url, { signal }) => graphGet(graphV2, url, signal),
  },
  {
    name: 'kiota',
    // Without a class that the generated client registers for errors.
    keeps: ['headers', 'page'],
    cannot: ['abort', 'timeout'],
    get(url) {
      const http = new HttpClient(undefined, new CustomFetchHandler((to, init) => fetch(to, init)));
      const adapter = new FetchRequestAdapter(
        new AnonymousAuthenticationProvider(),
        undefined,
        undefined,
        http,
      );
      const request = new RequestInformation(HttpMethod.GET);
      request.URL = url;
      return adapter.sendNoResponseContent(request, undefined);
    },
  },
];

async function orThrow(response: Response): Promise<string> {
  if (response.ok) return response.text();
  // oxlint-disable-next-line typescript/only-throw-error -- what a program may do, since fetch throws nothing
  throw response;
}

function graphGet(
  { Client, HTTPMessageHandler }: GraphModule,
  url: string,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { origin, hostname, pathname } = new URL(url);
  const client = Client.initWithMiddleware({
    baseUrl: origin,
    customHosts: new Set([hostname]),
    fetchOptions: signal ? { signal } : {},
    middleware: new HTTPMessageHandler(),
  });
  return client.api(pathname).get();
}
