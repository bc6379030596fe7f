import { wrapAxios } from '@defender-resilience/core/axios';
import { graphMiddlewareChain } from '@defender-resilience/core/graph';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import * as kiota from '@microsoft/kiota-http-fetchlibrary';
import * as graph from '@microsoft/microsoft-graph-client';
import axios, { type AxiosInstance } from 'axios';
import axiosV0, { type AxiosInstance as AxiosInstanceV0 } from 'axios-v0';
import { Agent } from 'undici';
import { Agent as AgentV6 } from 'undici-v6';
import { Agent as AgentV7 } from 'undici-v7';
import { expect, expectTypeOf, it } from 'vitest';
import { quick } from '../support/real.ts';

const resilience = quick('http://127.0.0.1:1');

// Without a cast: that this file compiles is the test.
it('fits the types of every client as they are', () => {
  expectTypeOf(wrapAxios(resilience, axios.create())).toEqualTypeOf<AxiosInstance>();
  expectTypeOf(wrapAxios(resilience, axiosV0.default.create())).toEqualTypeOf<AxiosInstanceV0>();
  const composed = [
    new Agent().compose(undiciInterceptor(resilience)),
    new AgentV7().compose(undiciInterceptor(resilience)),
    new AgentV6().compose(undiciInterceptor(resilience)),
  ];
  const chain = graph.MiddlewareFactory.getDefaultMiddlewareChain({
    getAccessToken: async () => '',
  });
  const client = graph.Client.initWithMiddleware({
    middleware: graphMiddlewareChain(resilience, chain),
  });
  const defaults = kiota.MiddlewareFactory.getDefaultMiddlewares();
  const http = new kiota.HttpClient(undefined, ...kiotaMiddlewareChain(resilience, defaults));
  expect([composed.length, typeof client.api, typeof http.executeFetch]).toEqual([
    3,
    'function',
    'function',
  ]);
});
