import type { Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { type GraphContext, graphMiddlewareChain } from '@defender-resilience/core/graph';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import {
  AnonymousAuthenticationProvider,
  HttpMethod,
  RequestInformation,
  type RequestOption,
} from '@microsoft/kiota-abstractions';
import {
  FetchRequestAdapter,
  HttpClient,
  type Middleware,
  MiddlewareFactory,
} from '@microsoft/kiota-http-fetchlibrary';
import * as graph from '@microsoft/microsoft-graph-client';
import axios from 'axios';
import { Agent, type Dispatcher, request } from 'undici';

/** A request that every client can send. */
export interface AnyRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body: string;
  readonly signal?: AbortSignal;
}

/** Resolves with the body of a success; rejects with whatever the client makes of a failure. */
type Send = (sent: AnyRequest) => Promise<string>;

/** A client through the wrapper, for requests to one server. */
export interface OpenClient extends AsyncDisposable {
  readonly send: Send;
}

/** Of a client that does not reject for an HTTP error: what it resolved with is the cause. */
class Refused extends Error {
  constructor(status: number, response: unknown) {
    super(String(status), { cause: response });
  }
}

async function bodyOf(response: Response): Promise<string> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new Refused(response.status, response);
  }
  return response.text();
}

const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() };

function initOf({ method, headers, body, signal }: AnyRequest): RequestInit {
  return {
    method,
    headers,
    ...(method === 'POST' ? { body } : {}),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Without a wrapper: axios as it is. */
export function axiosClient(
  resilience: Resilience | undefined,
  url: string,
  config: object = {},
): OpenClient {
  const instance = axios.create({ baseURL: url, proxy: false, ...config });
  const client = resilience === undefined ? instance : wrapAxios(resilience, instance);
  return {
    ...nothing,
    async send({ method, path, headers, body, signal }) {
      const config = {
        headers,
        responseType: 'text',
        transformResponse: (x: string) => x,
      } as const;
      const own = signal === undefined ? config : { ...config, signal };
      const sent =
        method === 'GET' ? client.get<string>(path, own) : client.post<string>(path, body, own);
      return (await sent).data;
    },
  };
}

/** Without a wrapper: the bare dispatcher. */
export function undiciClient(
  resilience: Resilience | undefined,
  url: string,
  agent: Dispatcher = new Agent(),
): OpenClient {
  const dispatcher =
    resilience === undefined ? agent : agent.compose(undiciInterceptor(resilience));
  return {
    async send({ method, path, headers, body, signal }) {
      const options = { dispatcher, method, headers, body: method === 'POST' ? body : null };
      const response = await request(`${url}${path}`, { ...options, signal: signal ?? null });
      if (response.statusCode >= 400) {
        await response.body.dump();
        throw new Refused(response.statusCode, response);
      }
      return response.body.text();
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function graphClient(resilience: Resilience, url: string): OpenClient {
  const toServer = {
    async execute(context: GraphContext): Promise<void> {
      const target = String(context.request).replace('https://graph.microsoft.com', url);
      context.response = await fetch(target, context.options);
    },
  };
  const getAccessToken = (): Promise<string> => Promise.resolve('token');
  const chain = graph.MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken });
  const middleware = graphMiddlewareChain(resilience, [...chain.slice(0, -1), toServer]);
  const client = graph.Client.initWithMiddleware({ middleware: middleware as graph.Middleware[] });
  return {
    ...nothing,
    async send({ method, path, headers, body, signal }) {
      const api = client
        .api(path)
        .headers({ ...headers })
        .responseType(graph.ResponseType.RAW);
      if (signal !== undefined) api.option('signal', signal);
      const answer: unknown = await (method === 'GET' ? api.get() : api.post(body));
      if (!(answer instanceof Response)) throw new TypeError('The Graph SDK gave no Response');
      return bodyOf(answer);
    },
  };
}

/** How users of Kiota pass a signal: it has none of its own. */
class SignalOption implements RequestOption {
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  getKey(): string {
    return 'signal';
  }
}

class SignalHandler implements Middleware {
  next: Middleware | undefined = undefined;

  execute(
    url: string,
    init: RequestInit,
    options?: Record<string, RequestOption>,
  ): Promise<Response> {
    const option = options?.['signal'];
    const own = option instanceof SignalOption ? { ...init, signal: option.signal } : init;
    if (this.next === undefined) throw new Error('SignalHandler stands last');
    return this.next.execute(url, own, options);
  }
}

function kiotaClient(resilience: Resilience, url: string): OpenClient {
  const handlers = [new SignalHandler(), ...MiddlewareFactory.getDefaultMiddlewares()];
  const chain = kiotaMiddlewareChain(resilience, handlers) as Middleware[];
  const http = new HttpClient(undefined, ...chain);
  const anonymous = new AnonymousAuthenticationProvider();
  const adapter = new FetchRequestAdapter(anonymous, undefined, undefined, http);
  return {
    ...nothing,
    async send({ method, path, headers, body, signal }) {
      const info = new RequestInformation(HttpMethod[method]);
      info.URL = `${url}${path}`;
      if (signal !== undefined) info.addRequestOptions([new SignalOption(signal)]);
      for (const [name, value] of Object.entries(headers)) info.headers.add(name, value);
      if (method === 'POST') {
        const bytes = new TextEncoder().encode(body);
        info.setStreamContent(bytes.buffer, 'application/json');
      }
      const answer = await adapter.sendPrimitive<ArrayBuffer>(info, 'ArrayBuffer', undefined);
      return new TextDecoder().decode(answer);
    },
  };
}

/** Every way into the wrapper, by its name. */
export const everyClient: Readonly<
  Record<string, (resilience: Resilience, url: string) => OpenClient>
> = {
  fetch: (resilience, url) => ({
    ...nothing,
    send: async (sent) => bodyOf(await resilience.fetch(`${url}${sent.path}`, initOf(sent))),
  }),
  execute: (resilience, url) => ({
    ...nothing,
    async send(sent) {
      const idempotent = sent.method === 'GET';
      const options = sent.signal === undefined ? {} : { signal: sent.signal };
      // As a client does that reads the body itself.
      const end = await resilience.execute<string | Response>(
        'own.operation',
        async ({ signal }) => {
          const response = await fetch(`${url}${sent.path}`, { ...initOf(sent), signal });
          return response.ok ? response.text() : response;
        },
        { ...options, idempotent },
      );
      return typeof end === 'string' ? end : bodyOf(end);
    },
  }),
  axios: (resilience, url) => axiosClient(resilience, url),
  undici: (resilience, url) => undiciClient(resilience, url),
  Graph: graphClient,
  Kiota: kiotaClient,
};
