// Each adapter takes the client as its own declarations describe it, without a cast.
import { createResilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { asPolicy, type ResiliencePolicyContext } from '@defender-resilience/core/cockatiel';
import {
  type GraphMiddleware,
  graphMiddleware,
  graphMiddlewareChain,
} from '@defender-resilience/core/graph';
import {
  type KiotaMiddleware,
  kiotaMiddleware,
  kiotaMiddlewareChain,
} from '@defender-resilience/core/kiota';
import { type UndiciInterceptor, undiciInterceptor } from '@defender-resilience/core/undici';
import * as kiota from '@microsoft/kiota-http-fetchlibrary';
import * as graph from '@microsoft/microsoft-graph-client';
import axios, { type AxiosInstance } from 'axios';
import { type IPolicy, TimeoutStrategy, timeout, wrap } from 'cockatiel';
import { expectTypeOf } from 'expect-type';
import { Agent, type Dispatcher, setGlobalDispatcher } from 'undici';

const resilience = createResilience();

expectTypeOf(wrapAxios(resilience, axios.create())).toEqualTypeOf<AxiosInstance>();
// @ts-expect-error The wrapper comes first.
wrapAxios(axios.create(), resilience);
// @ts-expect-error A fetch is no axios instance.
wrapAxios(resilience, globalThis.fetch);

expectTypeOf(undiciInterceptor(resilience)).toEqualTypeOf<UndiciInterceptor>();
expectTypeOf(undiciInterceptor(resilience)).toExtend<Dispatcher.DispatcherComposeInterceptor>();
setGlobalDispatcher(new Agent().compose(undiciInterceptor(resilience)));

const authProvider = { getAccessToken: async (): Promise<string> => '' };
const handlers = graph.MiddlewareFactory.getDefaultMiddlewareChain(authProvider);
expectTypeOf(graphMiddleware(resilience)).toEqualTypeOf<GraphMiddleware>();
expectTypeOf(graphMiddlewareChain(resilience, handlers)).toEqualTypeOf<
  (graph.Middleware | GraphMiddleware)[]
>();
graph.Client.initWithMiddleware({ middleware: graphMiddlewareChain(resilience, handlers) });
graph.Client.initWithMiddleware({ middleware: graphMiddleware(resilience) });

const middlewares = kiota.MiddlewareFactory.getDefaultMiddlewares();
expectTypeOf(kiotaMiddleware(resilience)).toEqualTypeOf<KiotaMiddleware>();
expectTypeOf(kiotaMiddlewareChain(resilience, middlewares)).toEqualTypeOf<
  (kiota.Middleware | KiotaMiddleware)[]
>();
new kiota.HttpClient(undefined, ...kiotaMiddlewareChain(resilience, middlewares));

// cockatiel's `wrap` takes it beside policies of its own.
const policy = asPolicy(resilience, 'incidents.get');
expectTypeOf(policy).toEqualTypeOf<IPolicy<ResiliencePolicyContext>>();
expectTypeOf(
  wrap(timeout(1_000, TimeoutStrategy.Aggressive), policy).execute(({ attempt }) => attempt),
).resolves.toEqualTypeOf<number>();
