import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Address, formatAddress } from './address.ts';
import type { ProxyLimits } from './options.ts';
import { bodyOf, headersOf, type OwnAnswer, refusal } from './refusal.ts';

/** A server that accepts requests, and ends its connections when it is closed. */
export interface Listener {
  /** Its base URL, with the actual port. */
  readonly url: string;
  readonly connections: number;
  /** Accepts no more connections, and closes those that are idle. */
  stop(): void;
  /** Resolves when every connection has ended. */
  readonly closed: Promise<void>;
  /** Closes the connections that are idle now. */
  closeIdle(): void;
  /** Ends every connection. */
  destroy(): void;
}

/**
 * Starts a server for untrusted clients, with limits on connections, headers and time.
 *
 * @throws Error with Node's `code` if it cannot listen
 */
export async function listen(
  address: Address,
  limits: ProxyLimits,
  handle: RequestListener,
): Promise<Listener> {
  const responses = new WeakMap<Duplex, Set<ServerResponse>>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const own = responses.get(request.socket) ?? new Set();
    responses.set(request.socket, own.add(response));
    response.once('close', () => own.delete(response));
    handle(request, response);
  };
  const server = createServer(serverOptions(limits), onRequest);
  server.maxConnections = limits.maxConnections;
  // Node would drop the headers beyond its limit. The proxy's own check refuses the request instead.
  server.maxHeadersCount = 0;
  const sockets = trackSockets(server);
  server.on('checkContinue', onRequest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || !canAnswer([...(responses.get(socket) ?? [])])) socket.destroy();
    else endWith(socket, UNREADABLE[error.code ?? ''] ?? INVALID);
  });
  server.on('connect', (_request, socket) => endWith(socket, NO_TUNNELS));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  return listenerOf(server, address, sockets);
}

function serverOptions(limits: ProxyLimits): ServerOptions {
  return {
    // Even if NODE_OPTIONS asks for it: a lenient parser allows request smuggling.
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(limits.headersTimeoutMs, 10_000) / 2,
  };
}

/** If a response has begun, or an earlier one is pending, the answer would be read as part of it. */
function canAnswer([current, ...others]: readonly ServerResponse[]): boolean {
  return others.length === 0 && !current?.headersSent;
}

function listenerOf(server: Server, address: Address, sockets: ReadonlySet<Socket>): Listener {
  const closed = new Promise<void>((resolve) => {
    server.once('close', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${formatAddress({ ...address, port })}`,
    closed,
    get connections() {
      return sockets.size;
    },
    stop() {
      server.close();
    },
    closeIdle() {
      server.closeIdleConnections();
    },
    destroy() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** The answers to requests that Node's parser refuses, by its error code. */
const UNREADABLE: Readonly<Record<string, OwnAnswer>> = {
  HPE_HEADER_OVERFLOW: refusal(431, 'HeadersTooLarge', 'The headers of the request are too large.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: refusal(
    413,
    'BodyTooLarge',
    'The chunk extensions are too large.',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: refusal(408, 'RequestTimeout', 'The request did not arrive in time.'),
};
const INVALID: OwnAnswer = refusal(400, 'InvalidRequest', 'This is not a valid HTTP request.');

/** How long a client may take to read the answer before its connection is closed, in milliseconds. */
const LINGER_MS = 1_000;

const NO_TUNNELS: OwnAnswer = refusal(
  405,
  'MethodNotAllowed',
  'This is a reverse proxy: it does not open tunnels.',
);

function endWith(socket: Duplex, answer: OwnAnswer): void {
  const body = bodyOf(answer);
  const headers = Object.entries({ ...headersOf(answer, body), connection: 'close' });
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`, ...lines];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Close even if the client keeps its side open.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
