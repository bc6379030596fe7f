import { graphMiddlewareChain } from '@defender-resilience/core/graph';
import { kiotaMiddlewareChain } from '@defender-resilience/core/kiota';
import * as kiota from '@microsoft/kiota-http-fetchlibrary';
import * as graph from '@microsoft/microsoft-graph-client';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { rejectionOf } from '../support/clients.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';

let warnings: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
});

afterEach(() => {
  warnings.mockRestore();
});

/** A gateway's answer, of which the SDKs keep little. */
function down(): Promise<TestServer> {
  return startServer((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/plain' }).end('down');
  });
}

// In a file of their own: no other adapter has made the asynchronous context be followed.
describe('a wrapped call inside a wrapped call is noticed', () => {
  it('where the Graph SDK makes an error of its own', async () => {
    await using server = await down();
    const resilience = quick(server.url);
    const http = {
      async execute(context: graph.Context) {
        const url = String(context.request).replace('https://graph.microsoft.com', server.url);
        context.response = await fetch(url, context.options as RequestInit);
      },
    };
    const chain: graph.Middleware[] = [new graph.RetryHandler(), http];
    const client = graph.Client.initWithMiddleware({
      middleware: graphMiddlewareChain(resilience, chain),
    });
    const call = (): Promise<unknown> => client.api('/security/incidents').get();
    await rejectionOf(resilience.execute('stack.graph', call));
    expect([server.requests.length, warnings.mock.calls.length]).toEqual([4, 1]);
  });

  it('where Kiota makes an error of its own', async () => {
    await using server = await down();
    const resilience = quick(server.url);
    const defaults = kiota.MiddlewareFactory.getDefaultMiddlewares();
    const http = new kiota.HttpClient(undefined, ...kiotaMiddlewareChain(resilience, defaults));
    const call = async (): Promise<void> => {
      const init = { method: 'GET', headers: {} };
      await http.executeFetch(`${server.url}/v1.0/me`, init).catch(() => {
        throw Object.assign(new Error('made anew'), { responseStatusCode: 502 });
      });
    };
    await rejectionOf(resilience.execute('stack.kiota', call));
    expect([server.requests.length, warnings.mock.calls.length]).toEqual([4, 1]);
  });
});
