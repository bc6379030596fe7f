import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import { createResilience } from '@defender-resilience/core';
import {
  HTTPMessageHandler,
  type Middleware,
  RetryHandler,
  RetryHandlerOptions,
} from '@microsoft/microsoft-graph-client';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import ky from 'ky';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { Agent, interceptors, RetryAgent, request as undiciRequest } from 'undici';
import { cockatielWrap } from './cockatiel.ts';
import { Floor } from './floor.ts';

/** A way to get a JSON document. */
export interface ClientPeer {
  readonly name: string;
  readonly get: (url: string) => Promise<unknown>;
}

/** The clients, each with its own retries where it has them, for a server at `origin`. */
export function clientPeers(origin: string): readonly ClientPeer[] {
  return [...fetchPeers(origin), ...otherPeers()];
}

/** What goes through the built-in fetch. */
function fetchPeers(origin: string): readonly ClientPeer[] {
  const { host } = new URL(origin);
  const wrapped = createResilience({ hosts: { [host]: 'all' } }).fetch;
  const floor = new Floor();
  const policy = cockatielWrap();
  const breaker = new CircuitBreaker((url: string) => fetch(url));
  const json = async (answer: Promise<Response>): Promise<unknown> => (await answer).json();
  return [
    { name: 'built-in fetch', get: (url) => json(fetch(url)) },
    {
      name: 'fetch + floor',
      get: (url) => json(floor.execute(({ signal }) => fetch(url, { signal }))),
    },
    { name: 'ours: fetch', get: (url) => json(wrapped(url)) },
    { name: 'fetch + p-retry', get: (url) => json(pRetry(() => fetch(url), { retries: 3 })) },
    { name: 'fetch + opossum', get: (url) => json(breaker.fire(url)) },
    {
      // Reads the body inside: its timeout aborts the body of an answer that it has given.
      name: 'fetch + cockatiel wrap',
      get: (url) => policy.execute(({ signal }) => json(fetch(url, { signal }))),
    },
    { name: 'ky', get: (url) => ky(url, { retry: 3 }).json() },
    { name: 'Graph RetryHandler', get: graphGet() },
  ];
}

function otherPeers(): readonly ClientPeer[] {
  const instance = axios.create();
  axiosRetry(instance, { retries: 3 });
  const retryAgent = new RetryAgent(new Agent());
  const retrying = new Agent().compose(interceptors.retry());
  const pipeline = createPipelineFromOptions({});
  const azure = createDefaultHttpClient();
  const bodyOf = async (
    answer: Promise<{ body: { json(): Promise<unknown> } }>,
  ): Promise<unknown> => (await answer).body.json();
  return [
    { name: 'undici request', get: (url) => bodyOf(undiciRequest(url)) },
    {
      name: 'undici RetryAgent',
      get: (url) => bodyOf(undiciRequest(url, { dispatcher: retryAgent })),
    },
    {
      name: 'undici retry interceptor',
      get: (url) => bodyOf(undiciRequest(url, { dispatcher: retrying })),
    },
    {
      name: '@azure/core-rest-pipeline',
      get: async (url) => {
        const request = createPipelineRequest({ url, allowInsecureConnection: true });
        const { bodyAsText } = await pipeline.sendRequest(azure, request);
        return JSON.parse(bodyAsText ?? '') as unknown;
      },
    },
    { name: 'axios + axios-retry', get: async (url) => (await instance.get<unknown>(url)).data },
    { name: 'got', get: (url) => got(url, { retry: { limit: 3 } }).json() },
  ];
}

function graphGet(): (url: string) => Promise<unknown> {
  const retry = new RetryHandler(new RetryHandlerOptions());
  const send: Middleware = new HTTPMessageHandler();
  retry.setNext(send);
  return async (request) => {
    const context = { request, options: { method: 'GET' } };
    await retry.execute(context);
    return ('response' in context ? (context.response as Response) : undefined)?.json();
  };
}
