import {
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpClient,
} from '@azure/core-rest-pipeline';
import {
  createResilience,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import {
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import axios, { AxiosError, type AxiosResponse } from 'axios';
import axiosRetry from 'axios-retry';
import ky from 'ky';
import { BreakerState, Circuit, Retry, SlidingCountBreaker, Timeout } from 'mollitia';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { Dispatcher, RetryAgent, request } from 'undici';
import { cockatielWrap } from './cockatiel.ts';
import { Floor } from './floor.ts';

/** What a service answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service: is told the URL, and answers after a while. */
type Service = (url: string) => Promise<Answer>;

/** A client in front of a service: resolves for a success, rejects for whatever is none. */
export interface FaultClient {
  readonly name: string;
  readonly make: (service: Service) => MadeClient;
}

export interface MadeClient {
  readonly call: (url: string) => Promise<unknown>;
  readonly resilience?: Resilience;
}

/** The clients, each with its own defaults. */
export const faultClients: readonly FaultClient[] = [
  { name: 'bare fetch', make: (service) => ({ call: failing(fetchOf(service)) }) },
  ours('ours', {}),
  {
    name: 'undici RetryAgent',
    make: (service) => ({ call: undiciCall(service) }),
  },
  {
    name: 'ky',
    make: (service) => {
      const client = ky.create({ fetch: fetchOf(service) });
      return { call: (url) => client(url) };
    },
  },
  { name: 'axios + axios-retry, 3', make: (service) => ({ call: axiosCall(service) }) },
  { name: '@azure/core-rest-pipeline', make: (service) => ({ call: azureCall(service) }) },
  { name: 'Graph RetryHandler', make: (service) => ({ call: graphCall(service) }) },
  around('p-retry', () => (send) => pRetry(send)),
  around('opossum', () => {
    const breaker = new CircuitBreaker((send: Send) => send());
    return (send) => breaker.fire(send);
  }),
  around('cockatiel wrap(retry, breaker, timeout)', () => {
    const policy = cockatielWrap();
    return (send) => policy.execute(send);
  }),
  around('mollitia retry + breaker + timeout', () => {
    const circuit = new Circuit({
      options: {
        modules: [
          new Retry(),
          new SlidingCountBreaker({ state: BreakerState.CLOSED }),
          new Timeout({ delay: 60_000 }),
        ],
      },
    }).fn((send: Send) => send());
    return (send) => circuit.execute(send);
  }),
  around('hand-written floor', () => {
    const floor = new Floor();
    return (send) => floor.execute(send);
  }),
];

type Send = () => Promise<unknown>;

export function ours(name: string, options: ResilienceOptions): FaultClient {
  return {
    name,
    make: (service) => {
      const resilience = createResilience(options);
      return { call: failing(resilience.wrapFetch(fetchOf(service))), resilience };
    },
  };
}

/** Puts something around a fetch that throws for what is no success, as its readme shows. */
function around(name: string, make: () => (send: Send) => Promise<unknown>): FaultClient {
  return {
    name,
    make: (service) => {
      const send = failing(fetchOf(service));
      const run = make();
      return { call: (url) => run(() => send(url)) };
    },
  };
}

function fetchOf(service: Service): typeof fetch {
  return (async (input: Parameters<typeof fetch>[0]) => {
    const { status, headers, body } = await service(
      input instanceof Request ? input.url : String(input),
    );
    return new Response(body, { status, headers });
  }) as typeof fetch;
}

const failing =
  (send: typeof fetch) =>
  async (url: string): Promise<unknown> => {
    const answer = await send(url);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer;
  };

function undiciCall(service: Service): (url: string) => Promise<unknown> {
  const dispatcher = new RetryAgent(new ServiceDispatcher(service));
  return async (url) => {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.text();
    if (statusCode >= 400) throw new Error(`status ${statusCode}`);
  };
}

/** A service in place of undici's sockets. */
class ServiceDispatcher extends Dispatcher {
  readonly #service: Service;

  constructor(service: Service) {
    super();
    this.#service = service;
  }

  override dispatch(
    { path }: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    const controller = {
      aborted: false,
      paused: false,
      reason: null,
      rawHeaders: null,
      rawTrailers: null,
      abort: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
    handler.onRequestStart?.(controller, {});
    void this.#service(`${ORIGIN}${path}`).then(({ status, headers, body }) => {
      try {
        handler.onResponseStart?.(controller, status, headers, '');
        handler.onResponseData?.(controller, Buffer.from(body));
        handler.onResponseEnd?.(controller, {});
      } catch (error) {
        handler.onResponseError?.(controller, error instanceof Error ? error : new Error('failed'));
      }
    });
    return true;
  }
}

/** Where all the calls go. */
export const ORIGIN = 'https://api.security.microsoft.com';

function axiosCall(service: Service): (url: string) => Promise<unknown> {
  const instance = axios.create({
    adapter: async (config) => {
      const { status, headers, body } = await service(config.url ?? '');
      const response = { data: body, status, statusText: '', headers, config } as AxiosResponse;
      if (status < 400) return response;
      throw new AxiosError('failed', 'ERR_BAD_RESPONSE', config, {}, response);
    },
  });
  axiosRetry(instance, { retries: 3, retryDelay: axiosRetry.exponentialDelay });
  return (url) => instance.get(url);
}

function azureCall(service: Service): (url: string) => Promise<unknown> {
  const pipeline = createPipelineFromOptions({});
  const client: HttpClient = {
    sendRequest: async (sent) => {
      const { status, headers, body } = await service(sent.url);
      return { request: sent, status, headers: createHttpHeaders(headers), bodyAsText: body };
    },
  };
  return async (url) => {
    const { status } = await pipeline.sendRequest(client, createPipelineRequest({ url }));
    if (status >= 400) throw new Error(`status ${status}`);
  };
}

function graphCall(service: Service): (url: string) => Promise<unknown> {
  const retry = new RetryHandler(new RetryHandlerOptions());
  const send = fetchOf(service);
  const last: Middleware = {
    execute: async (context) => {
      const { request: input } = context as { request: Parameters<typeof fetch>[0] };
      context.response = await send(input);
    },
  };
  retry.setNext(last);
  return async (url) => {
    const context: Parameters<Middleware['execute']>[0] = {
      request: url,
      options: { method: 'GET' },
    };
    await retry.execute(context);
    if (!context.response?.ok) throw new Error(`status ${context.response?.status}`);
  };
}
