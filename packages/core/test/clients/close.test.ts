import { ClosedError, classify, failureOf, type Resilience } from '@defender-resilience/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAILED, JSON_HEADERS, rejectionOf } from '../support/clients.ts';
import { everyClient, type OpenClient } from '../support/every-client.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';

const PATH = '/v1.0/security/incidents';

const opened: OpenClient[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client[Symbol.asyncDispose]()));
});

/** A call of a client that lists incidents. */
function listing(name: string, resilience: Resilience, url: string): () => Promise<string> {
  const client = everyClient[name]?.(resilience, url);
  if (client === undefined) throw new Error(`no client ${name}`);
  opened.push(client);
  return () => client.send({ method: 'GET', path: PATH, headers: {}, body: '' });
}

/** A server that answers only when it is told to. */
async function slowServer(
  status = 200,
): Promise<TestServer & { readonly answer: () => void; readonly arrived: Promise<void> }> {
  const arrived = Promise.withResolvers<void>();
  const answers: (() => void)[] = [];
  const server = await startServer((received, response) => {
    received.resume();
    const body = status < 400 ? '{"value":[]}' : FAILED;
    answers.push(() => response.writeHead(status, JSON_HEADERS).end(body));
    arrived.resolve();
  });
  return Object.defineProperties(server, {
    answer: { value: () => void answers.map((answer) => answer()) },
    arrived: { value: arrived.promise },
  }) as TestServer & { answer: () => void; arrived: Promise<void> };
}

/** Graph's SDK keeps no more of an error than its name and message; of other clients, `classify` reads the error. */
function reasonOf(end: unknown): string | undefined {
  const given = end instanceof Error && end.message === '503' ? end.cause : end;
  const code: unknown = Reflect.get(Object(given), 'code');
  return code === 'ClosedError' ? 'Closed' : (failureOf(given) ?? classify(given))?.code;
}

const settled = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe.each(Object.keys(everyClient))('with %s, a wrapper that closes', (name) => {
  it('lets a call under way end', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = listing(name, resilience, server.url)();
    await server.arrived;
    const closing = resilience.close();
    server.answer();
    await expect(call).resolves.toBeDefined();
    await closing;
    expect(server.requests).toHaveLength(1);
  });

  it('aborts a call that takes too long, and its connection', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = settled(listing(name, resilience, server.url)());
    await server.arrived;
    await resilience.close({ timeoutMs: 20 });
    expect(reasonOf(await call)).toBe('Closed');
    await vi.waitFor(() => expect(server.sockets.open).toBe(0));
    expect(server.requests).toHaveLength(1);
  });

  it('does not repeat a call that fails meanwhile', async () => {
    await using server = await slowServer(503);
    const resilience = quick(server.url);
    const call = settled(listing(name, resilience, server.url)());
    await server.arrived;
    const closing = resilience.close();
    server.answer();
    await closing;
    expect(reasonOf(await call)).toMatch(/InternalServerError|Http503/);
    expect(server.requests).toHaveLength(1);
  });

  it('sends no call after it', async () => {
    await using server = await slowServer();
    const resilience = quick(server.url);
    const call = listing(name, resilience, server.url);
    await resilience.close();
    expect(reasonOf(await rejectionOf(call()))).toBe('Closed');
    expect(server.requests).toHaveLength(0);
    expect(server.sockets.opened).toBe(0);
  });
});

it('leaves a body alone that its caller reads already', async () => {
  let end = (): void => undefined;
  await using server = await startServer((_request, response) => {
    response.writeHead(200, JSON_HEADERS).write('{"a":');
    end = () => response.end('1}');
  });
  const resilience = quick(server.url);
  const response = await resilience.fetch(`${server.url}${PATH}`);
  await resilience.close({ timeoutMs: 0 });
  end();
  expect(await response.json()).toEqual({ a: 1 });
});

it('does not wait for the end of an error body beyond the limit', async () => {
  await using server = await startServer((_request, response) => {
    response.writeHead(503, JSON_HEADERS).write('{"error":');
  });
  const resilience = quick(server.url);
  const call = resilience.fetch(`${server.url}${PATH}`);
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  await resilience.close({ timeoutMs: 50 });
  const response = await settled(call);
  const failure = failureOf(response);
  expect([failure?.status ?? failure?.code]).toEqual([
    response instanceof ClosedError ? 'Closed' : 503,
  ]);
});
