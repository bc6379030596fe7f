import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What `check` of program.js gives when all is well. */
export const EXPECTED: string = JSON.stringify({
  status: 200,
  answer: 'well',
  code: 'Forbidden',
  verdict: 'retryable',
});

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean> | boolean;

export interface Service extends AsyncDisposable {
  readonly url: string;
}

/** Serves what program.js calls, and before that whatever `handler` wants to answer. */
export async function startService(handler: Handler = () => false): Promise<Service> {
  const seen = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (await handler(request, response)) return;
    const path = request.url ?? '';
    if (path === '/refuses') {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end('{"error":{"code":"Forbidden","message":"no"}}');
      return;
    }
    response.statusCode = seen.has(path) ? 200 : 503;
    seen.add(path);
    response.end('well');
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** The body of a request. */
export const bodyOf = (request: IncomingMessage): Promise<string> => text(request);
