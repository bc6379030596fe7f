import { createRequire } from 'node:module';
import type { AxiosStatic } from 'axios';

// Loaded without their types: there are none, or they need those of a browser.
const require = createRequire(import.meta.url);
export const axiosV0: Pick<AxiosStatic, 'get'> = as(require('axios-v0'));
export const superagent: { get(url: string): SuperagentRequest } = as(require('superagent'));
export const graph: GraphModule = as(require('@microsoft/microsoft-graph-client'));
export const graphV2: GraphModule = {
  ...as<Pick<GraphModule, 'Client'>>(require('graph-client-v2/lib/src/Client.js')),
  ...as<Pick<GraphModule, 'HTTPMessageHandler'>>(
    require('graph-client-v2/lib/src/middleware/HTTPMessageHandler.js'),
  ),
};

interface SuperagentRequest extends PromiseLike<unknown> {
  timeout(limits: { readonly response: number }): SuperagentRequest;
}

export interface GraphModule {
  readonly Client: {
    initWithMiddleware(options: object): { api(path: string): { get(): Promise<unknown> } };
  };
  readonly HTTPMessageHandler: new () => object;
}

function as<T>(module: unknown): T {
  // Each test that uses it would fail if it were not.
  return module as T;
}
