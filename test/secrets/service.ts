import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a request brought, for an answer to repeat. */
export interface Sent {
  /** Counted for each call, from 1. */
  readonly attempt: number;
  /** The service's own. */
  readonly origin: string;
  /** Of the request, with its query. */
  readonly path: string;
  readonly token: string;
  readonly cookie: string;
  readonly body: string;
  /** All of it as one text. */
  readonly all: string;
}

/** How the service answers one kind of call. */
export type Answer = (
  sent: Sent,
  response: ServerResponse,
  secret: (name: string) => string,
) => void;

/** A service that answers as each request asks it to. */
export interface Service extends AsyncDisposable {
  readonly url: string;
  /** All that reached it. */
  readonly received: readonly string[];
}

/** The header that says which call a request belongs to. */
export const CALL_HEADER = 'x-call';

/** What the service does with the requests of one call. */
export interface ServedCall {
  readonly answer: Answer;
  /** Called when the first request of the call is there. */
  readonly arrived: () => void;
  readonly secret: (name: string) => string;
}

/** @param calls - by the value of `CALL_HEADER` */
export async function startService(calls: ReadonlyMap<string, ServedCall>): Promise<Service> {
  const received: string[] = [];
  const attempts = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    text(request).then(
      (body) => {
        const id = String(request.headers[CALL_HEADER]);
        const attempt = (attempts.get(id) ?? 0) + 1;
        attempts.set(id, attempt);
        const sent = sentBy(request, body, attempt, url);
        received.push(sent.all);
        const call = calls.get(id);
        if (attempt === 1) call?.arrived();
        call?.answer(sent, response, call.secret);
      },
      () => undefined,
    );
  });
  // Only proxies are asked to connect.
  server.on('connect', (request, socket) => {
    const all = request.rawHeaders.join(' ');
    received.push(all);
    socket.on('error', () => undefined);
    socket.end(
      `HTTP/1.1 407 ${request.headers['proxy-authorization']}\r\nx-echo: ${all}\r\n\r\n${all}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function sentBy(request: IncomingMessage, body: string, attempt: number, origin: string): Sent {
  const { url: path = '/', headers, method, rawHeaders } = request;
  return {
    attempt,
    origin,
    path,
    token: headers.authorization?.replace(/^\w+ /, '') ?? '',
    cookie: headers.cookie ?? '',
    body,
    all: `${method} ${path} ${rawHeaders.join(' ')} ${body}`,
  };
}

/** The headers of an answer that repeats what was sent in as many of them as it can. */
export function echoHeaders({ token, cookie, path, all }: Sent): Record<string, string> {
  return {
    'content-type': 'application/json',
    'set-cookie': cookie,
    'www-authenticate': `Bearer realm="${token}", error="${token}", claims="${token}"`,
    'request-id': token,
    'x-ms-request-id': cookie,
    'client-request-id': `Bearer%20${token}`,
    'x-ms-client-request-id': encodeURIComponent(path),
    'x-ms-correlation-request-id': `"${cookie}"`,
    warning: `199 - "${token}/${cookie}/500/1"`,
    'ratelimit-reset': token,
    'x-echo': encodeURIComponent(all),
  };
}
