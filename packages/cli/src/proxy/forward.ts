import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { BodyMemory } from './body-memory.ts';
import {
  type AcceptedRequest,
  checkRequest,
  type RequestRules,
  tooLarge,
} from './check-request.ts';
import type { ExchangeOptions } from './dispatcher.ts';
import { Exchange } from './exchange.ts';
import { endToEnd, valuesOf } from './headers.ts';
import type { ProxyLimits } from './options.ts';
import type { OwnTokens } from './own-tokens.ts';
import { refusal, sendOwn } from './refusal.ts';
import { RequestBody } from './request-body.ts';
import { inContextOf } from './trace-context.ts';

/** The shared state of the requests to one address. */
export interface Forwarding {
  readonly dispatcher: Dispatcher;
  readonly rules: RequestRules;
  readonly limits: ProxyLimits;
  readonly memory: BodyMemory;
  /** The proxy's own tokens, if it sends any. */
  readonly tokens?: OwnTokens | undefined;
  /** The active exchanges. */
  readonly exchanges: Set<Exchange>;
}

/** `Host` is replaced by the upstream's, and the proxy has answered `Expect`. */
const REPLACED: ReadonlySet<string> = new Set(['host', 'expect']);

/** Answers one request: forwards it, or refuses it. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  forwarding: Forwarding,
): Promise<void> {
  // A connection that ends emits an error on the request, which nobody else handles.
  request.on('error', ignore);
  response.on('error', ignore);
  const accepted = checkRequest(headOf(request), forwarding.rules);
  if ('code' in accepted) {
    // A client that sends such requests may have more in the same connection.
    response.shouldKeepAlive = false;
    sendOwn(response, accepted);
  } else if (forwarding.tokens !== undefined && hasToken(request)) {
    sendOwn(response, OWN_TOKEN);
  } else if (forwarding.exchanges.size >= forwarding.limits.maxRequests) {
    response.shouldKeepAlive = false;
    sendOwn(response, BUSY);
  } else {
    await exchange(request, response, accepted, forwarding);
  }
}

function hasToken({ rawHeaders }: IncomingMessage): boolean {
  return valuesOf(rawHeaders, 'authorization').length > 0;
}

/** Refuses a client's token if the proxy sends its own, because refreshing the latter would replace the client's. */
const OWN_TOKEN = refusal(
  400,
  'OwnCredentials',
  'The proxy sends its own token: leave Authorization out, or start the proxy without --credentials.',
);

const BUSY = {
  ...refusal(503, 'ProxyBusy', 'The proxy has reached its maximum number of active requests.'),
  retryAfterMs: 1_000,
};

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  accepted: AcceptedRequest,
  { dispatcher, limits, memory, exchanges, rules, tokens }: Forwarding,
): Promise<void> {
  const { upstream, length } = accepted;
  const body = new RequestBody(request, memory, limits);
  const one = new Exchange(request, response, {
    host: upstream.host,
    clientStallMs: limits.clientStallMs,
    bodyFault: () => (body.tooLarge ? tooLarge(limits.maxBodyBytes) : undefined),
  });
  exchanges.add(one);
  response.once('close', () => {
    exchanges.delete(one);
    body.release();
  });
  if (valuesOf(request.rawHeaders, 'expect').length > 0) response.writeContinue();
  try {
    const read = await body.read(length);
    const token = await tokens?.get(upstream.host);
    // The client has disconnected: nobody waits for an answer.
    if (response.destroyed) return;
    const options = dispatchOptions(request, accepted, { via: rules.via, body: read, token }, one);
    inContextOf(request, () => dispatcher.dispatch(options, one));
  } catch (error) {
    one.fail(error);
  }
}

/** A request as the proxy sends it. */
interface Sent {
  readonly via: string;
  readonly body: Uint8Array | Readable | undefined;
  readonly token: string | undefined;
}

function dispatchOptions(
  request: IncomingMessage,
  { upstream, path }: AcceptedRequest,
  { via, body, token }: Sent,
  exchange: Exchange,
): ExchangeOptions {
  const headers = ['host', upstream.host, ...endToEnd(request.rawHeaders, REPLACED)];
  headers.push('via', `${request.httpVersion} ${via}`);
  if (token !== undefined) headers.push('authorization', `Bearer ${token}`);
  const method = request.method as Dispatcher.HttpMethod;
  // A service that ignores the body of such a request would parse it as the next request, and answer the wrong
  // client.
  const reset = body !== undefined && !HAS_BODY.has(method);
  return { origin: upstream.origin, path, method, headers, body: body ?? null, reset, exchange };
}

/** The methods whose body every service reads. After a body with another method, the connection is not reused. */
const HAS_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

function headOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage) {
  return { method, target: url, httpVersion, headers: rawHeaders };
}

const ignore = (): void => undefined;
