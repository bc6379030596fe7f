import { type GraphContext, graphMiddlewareChain } from '@defender-resilience/core/graph';
import * as v3 from '@microsoft/microsoft-graph-client';
import { Client } from 'graph-client-v2/lib/src/Client.js';
import { GraphError } from 'graph-client-v2/lib/src/GraphError.js';
import { MiddlewareFactory } from 'graph-client-v2/lib/src/middleware/MiddlewareFactory.js';
import { RetryHandler } from 'graph-client-v2/lib/src/middleware/RetryHandler.js';
import { ResponseType } from 'graph-client-v2/lib/src/ResponseType.js';
import { vi } from 'vitest';
import { JSON_HEADERS, rejectionOf } from './clients.ts';
import { quick, type startServer, type TestServer } from './real.ts';

export const ID = '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d';
export const INCIDENTS = '/security/incidents';

type Sdk = Pick<
  typeof v3,
  'Client' | 'GraphError' | 'MiddlewareFactory' | 'ResponseType' | 'RetryHandler'
>;

// Piece by piece: its index wants a browser's library.
const v2 = { Client, GraphError, MiddlewareFactory, ResponseType, RetryHandler };

/** The supported majors of the Graph SDK. They differ in their types, and are used alike. */
export const majors: readonly { readonly name: string; readonly sdk: Sdk }[] = [
  { name: 'Graph SDK 3', sdk: v3 },
  { name: 'Graph SDK 2', sdk: v2 as unknown as Sdk },
];

export const rejection: (promise: Promise<unknown>) => Promise<v3.GraphError> =
  rejectionOf<v3.GraphError>;

/** The body of an error of Graph's. */
export function graphError(code: string): string {
  const innerError = { date: '2026-01-31T12:00:00', 'request-id': ID, 'client-request-id': 'c' };
  return JSON.stringify({ error: { code, message: 'said', innerError } });
}

/** Answers with the statuses in turn, and with 200 after them. */
export function graphStatuses(...list: readonly number[]): Parameters<typeof startServer>[0] {
  return (request, response, count) => {
    const status = list[count - 1] ?? 200;
    request.resume().on('end', () => {
      const body = status < 400 ? '{"value":[]}' : graphError('generalException');
      response.writeHead(status, { ...JSON_HEADERS, 'request-id': ID }).end(body);
    });
  };
}

/** Sends what is meant for Graph to the test's server. */
export class ToServer {
  readonly #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
  }

  async execute(context: GraphContext): Promise<void> {
    const url = String(context.request).replace('https://graph.microsoft.com', this.#server.url);
    context.response = await fetch(url, context.options);
  }
}

/** A client of the SDK's, with the resilient chain, whose requests reach the test's server. */
export function clientFor(
  sdk: Sdk,
  server: TestServer,
  resilience: ReturnType<typeof quick> = quick(server.url),
): { readonly client: v3.Client; readonly getAccessToken: ReturnType<typeof vi.fn> } {
  let count = 0;
  const getAccessToken = vi.fn(() => Promise.resolve(`token-${++count}`));
  const chain = sdk.MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken });
  const middleware = graphMiddlewareChain(resilience, [
    ...chain.slice(0, -1),
    new ToServer(server),
  ]);
  const client = sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] });
  return { client, getAccessToken };
}
