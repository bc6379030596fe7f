import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type Server, type Socket } from 'node:net';
import { type CallObserver, createResilience, type Observer } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import { quick } from './real.ts';
import { normalised, tell } from './told.ts';

export type Fetch = typeof globalThis.fetch;

/** Calls a fetch with whatever arguments. */
export function callWith(fetch: Fetch, ...args: readonly unknown[]): Promise<Response> {
  return Reflect.apply(fetch as (...any: readonly unknown[]) => Promise<Response>, undefined, args);
}

/** What is called, with a server of its own. */
interface Place {
  /** Without a slash at the end. */
  readonly url: string;
  /** Resolves when a request, whole or not, has come in. */
  readonly requested: Promise<void>;
  /** The server's side of the connections. */
  readonly sockets: readonly Socket[];
}

/** A way of calling fetch, to be told apart from the bare one by nothing that can be observed. */
export interface Scenario {
  readonly name: string;
  /**
   * How the bare fetch ends: with a status, or with an error of a name. Keeps two accidents from being
   * compared. Undefined where `call` gives something else.
   */
  readonly ends?: number | string;
  /** What is called; a plain GET of the server unless told. What it gives or rejects with is compared. */
  readonly call?: (fetch: Fetch, at: Place) => unknown;
  /** How the server answers; with 200 and a short text unless told. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse, count: number) => void;
  /** In place of `answer`: the bytes, for answers that a server of Node's would not give. */
  readonly raw?: string | Buffer | ((socket: Socket) => void);
  /** Whether the wrapper would try again, which is not what is compared here. */
  readonly retryable?: boolean;
  /** Whether it depends on chance what reaches the server, so that only the end is compared. */
  readonly racing?: boolean;
}

/** What was seen of a call, on both of its sides. */
export interface Seen {
  readonly end: unknown;
  readonly requests: readonly unknown[];
}

const silent: CallObserver = {
  attempt: () => ({ end: () => undefined, run: (fn) => fn() }),
  end: () => undefined,
};
const observer: Observer = { call: () => silent };

type Wrap = (bare: Fetch, url: string, maxRetries: number | undefined) => Fetch;

/** The wrapper as most will have it, and as it is for a host that is known. */
const wrappers: Readonly<Record<string, Wrap>> = {
  'default options': (bare, _url, maxRetries) => {
    const retry = maxRetries === undefined ? {} : { maxRetries };
    const resilience = createResilience({ retry });
    return bare === globalThis.fetch ? resilience.fetch : resilience.wrapFetch(bare);
  },
  'a Defender host and an observer': (bare, url, maxRetries) => {
    const retry = maxRetries === undefined ? {} : { maxRetries };
    return quick(url, { observers: [observer], retry }).wrapFetch(bare);
  },
};

/** One test for each scenario, with each wrapper. */
export function compareWithBare(
  scenarios: readonly Scenario[],
  bare: Fetch = globalThis.fetch,
): void {
  it.each(scenarios)('$name', async (scenario) => {
    const expected = await see(scenario, () => bare);
    if (scenario.ends !== undefined) expect(endOf(expected.end)).toBe(scenario.ends);
    for (const [name, wrap] of Object.entries(wrappers)) {
      const limit = scenario.retryable ? 0 : undefined;
      const seen = await see(scenario, (url) => wrap(bare, url, limit));
      expect(seen, name).toEqual(expected);
    }
  });
}

/** Makes the call and tells what was seen. */
export async function see(scenario: Scenario, make: (url: string) => Fetch): Promise<Seen> {
  const requests: Promise<unknown>[] = [];
  const sockets: Socket[] = [];
  const { promise: requested, resolve: request } = Promise.withResolvers<void>();
  const server = serverOf(scenario, requests, request);
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const place: Place = { url: `http://127.0.0.1:${port}`, requested, sockets };
  const call = scenario.call ?? ((fetch: Fetch, at: Place): unknown => fetch(at.url));
  const end = await tell(async () => call(make(place.url), place));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  const received = scenario.racing ? [] : await Promise.all(requests);
  return normalised({ end, requests: received }, String(port));
}

function serverOf(
  { answer, raw }: Scenario,
  requests: Promise<unknown>[],
  requested: () => void,
): Server {
  if (raw !== undefined) return rawServer(raw, requests, requested);
  let count = 0;
  return createServer((request, response) => {
    count += 1;
    requests.push(record(request));
    requested();
    if (answer === undefined) response.end('answer');
    else answer(request, response, count);
  });
}

/** All that can be told of a request; not the part of a body whose sending was broken off. */
async function record(request: IncomingMessage): Promise<unknown> {
  const { method, url, httpVersion, rawHeaders } = request;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  const whole = await new Promise<boolean>((resolve) => {
    request.on('end', () => resolve(true));
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(request.complete));
  });
  const body = whole ? Buffer.concat(chunks).toString('latin1') : 'broken off';
  return { method, url, httpVersion, rawHeaders, body, rawTrailers: request.rawTrailers };
}

function rawServer(
  raw: NonNullable<Scenario['raw']>,
  requests: Promise<unknown>[],
  requested: () => void,
): Server {
  return createRawServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      requests.push(Promise.resolve(text));
      text = '';
      requested();
      if (typeof raw === 'function') raw(socket);
      else socket.end(raw);
    });
  });
}

function endOf(end: unknown): unknown {
  if (typeof end !== 'object' || end === null) return undefined;
  if ('status' in end) return end.status;
  return 'rejection' in end && typeof end.rejection === 'object' && end.rejection !== null
    ? Reflect.get(end.rejection, 'name')
    : undefined;
}
