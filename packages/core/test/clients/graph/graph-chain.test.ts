import {
  type GraphContext,
  graphMiddleware,
  graphMiddlewareChain,
} from '@defender-resilience/core/graph';
import type * as v3 from '@microsoft/microsoft-graph-client';
import { describe, expect, it, vi } from 'vitest';
import { callWith, JSON_HEADERS } from '../../support/clients.ts';
import {
  graphError,
  INCIDENTS,
  majors,
  rejection,
  graphStatuses as statuses,
  ToServer,
} from '../../support/graph.ts';
import { quick, startServer } from '../../support/real.ts';

describe.each(majors)('$name with the resilient middleware', ({ sdk }) => {
  it('refuses to work before the SDK’s RetryHandler', async () => {
    await using server = await startServer(statuses());
    const middleware = [
      graphMiddleware(quick(server.url)),
      new sdk.RetryHandler(),
      new ToServer(server),
    ];
    const client = sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] });
    const error = await rejection(client.api(INCIDENTS).get());
    expect(error.message).toContain('RetryHandler');
    expect(server.requests.length).toBe(0);
  });

  it('does not repeat what a RetryHandler before it sends again', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(503, { ...JSON_HEADERS, 'retry-after': '0' })
        .end(graphError('serviceNotAvailable'));
    });
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const middleware = [
      new sdk.RetryHandler(),
      graphMiddleware(quick(server.url)),
      new ToServer(server),
    ];
    const client = sdk.Client.initWithMiddleware({ middleware: middleware as v3.Middleware[] });
    await rejection(client.api(INCIDENTS).get());
    // Four of ours, and the handler's three, each of them sent once.
    expect(server.requests.length).toBe(7);
    warnings.mockRestore();
  });
});

describe('graphMiddleware', () => {
  it('follows a request that is a Request, and clones it for each attempt', async () => {
    await using server = await startServer(statuses(500));
    const seen: Request[] = [];
    const next = {
      async execute(context: GraphContext) {
        if (context.request instanceof Request) {
          seen.push(context.request);
          context.request.headers.append('authorization', 'Bearer one');
        }
        context.response = await fetch(context.request, context.options);
      },
    };
    const handler = graphMiddleware(quick(server.url));
    handler.setNext?.(next);
    const context: GraphContext = {
      request: new Request(`${server.url}/v1.0${INCIDENTS}`),
      options: {},
    };
    await handler.execute(context);
    expect([context.response?.status, seen.length, seen[0] === seen[1]]).toEqual([200, 2, false]);
    expect(new Set(seen.map((request) => request.headers.get('authorization')))).toEqual(
      new Set(['Bearer one']),
    );
  });

  it('says that it cannot be the last one', async () => {
    const context = { request: 'http://127.0.0.1:1', options: {} };
    await expect(graphMiddleware(quick('http://127.0.0.1:1')).execute(context)).rejects.toThrow(
      'cannot be the last one',
    );
  });

  it('refuses an empty chain, and what is no wrapper', () => {
    expect(() => graphMiddlewareChain(quick('http://127.0.0.1:1'), [])).toThrow(
      'takes a chain of handlers',
    );
    expect(() => callWith(graphMiddleware, {})).toThrow('takes the result of createResilience');
  });
});
