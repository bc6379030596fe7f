import { text } from 'node:stream/consumers';
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type PipelinePolicy,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import {
  type AttemptContext,
  classify,
  failureOf,
  operationFor,
  type Resilience,
} from '@defender-resilience/core';
import got, { HTTPError as GotError } from 'got';
import ky, { HTTPError as KyError } from 'ky';
import superagent from 'superagent';
import { describe, expect, it, vi } from 'vitest';
import { FAILED, rejectionOf, statuses } from '../support/clients.ts';
import { quick, startServer } from '../support/real.ts';

interface Call {
  readonly method?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** What a client gave. */
interface Given {
  readonly status: number;
  readonly body: string;
}

/** One client, called as its example in `examples/clients` shows. */
interface Recipe {
  readonly name: string;
  call(resilience: Resilience, url: string, call?: Call): Promise<Given>;
  /** Whether what it rejects with is its own error for an HTTP answer. */
  isOwn(error: unknown): boolean;
}

function contextOf(
  url: string,
  { method = 'GET', signal }: Call,
): { name: string; options: object } {
  const { host, pathname } = new URL(url);
  const operation = operationFor({ method, host, path: pathname }, { [host]: 'all' });
  const idempotent = operation.idempotent ?? method !== 'POST';
  return { name: operation.name, options: { host, idempotent, ...(signal && { signal }) } };
}

function bearer(token: string | undefined): Record<string, string> {
  return { authorization: `Bearer ${token ?? 'old'}` };
}

const kyRecipe: Recipe = {
  name: 'ky',
  async call(resilience, url, { method = 'GET', ...call } = {}) {
    const client = ky.create({
      fetch: resilience.wrapFetch(fetch, { bufferJson: true }),
      retry: 0,
      timeout: false,
    });
    const response = await client(url, { method, headers: bearer(undefined), ...call });
    return { status: response.status, body: await response.text() };
  },
  isOwn: (error) => error instanceof KyError,
};

const gotRecipe: Recipe = {
  name: 'got',
  async call(resilience, url, call = {}) {
    const { name, options } = contextOf(url, call);
    const client = got.extend({ retry: { limit: 0 } });
    const attempt = async ({ signal, token }: AttemptContext): Promise<Given> => {
      const { method = 'GET', body } = call;
      const sent = {
        method: method as 'GET',
        headers: bearer(token),
        signal,
        ...(body && { body }),
      };
      const response = await client(url, sent);
      return { status: response.statusCode, body: response.body };
    };
    return resilience.execute(name, attempt, options);
  },
  isOwn: (error) => error instanceof GotError,
};

interface SuperagentRequest extends PromiseLike<{ status: number; text: string }> {
  set(headers: object): this;
  send(body: string): this;
  abort(): this;
}

// superagent brings no types of its own; those of the example are as few as it needs.
const send = superagent as unknown as (method: string, url: string) => SuperagentRequest;

const superagentRecipe: Recipe = {
  name: 'superagent',
  call(resilience, url, call = {}) {
    const { name, options } = contextOf(url, call);
    const attempt = async ({ signal, token }: AttemptContext): Promise<Given> => {
      const request = send(call.method ?? 'GET', url).set(bearer(token));
      signal.addEventListener('abort', () => void request.abort(), { once: true });
      const response = await (call.body === undefined ? request : request.send(call.body));
      return { status: response.status, body: response.text };
    };
    return resilience.execute(name, attempt, options);
  },
  isOwn: (error) => error instanceof Error && 'response' in error,
};

function azurePolicy(resilience: Resilience, call: Call): PipelinePolicy {
  return {
    name: 'defenderResilience',
    async sendRequest(request, next) {
      const { name, options } = contextOf(request.url, call);
      const attempt = async ({ signal, token }: AttemptContext): Promise<PipelineResponse> => {
        request.abortSignal = signal;
        request.headers.set('authorization', bearer(token)['authorization'] ?? '');
        const response = await next(request);
        if (response.status < 400) return response;
        throw new RestError(`HTTP ${response.status}`, { request, response });
      };
      return resilience.execute(name, attempt, options);
    },
  };
}

function azureSend(
  resilience: Resilience,
  url: string,
  call: Call,
  streams: boolean,
): Promise<PipelineResponse> {
  const pipeline = createPipelineFromOptions({});
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy(azurePolicy(resilience, call), { phase: 'Retry' });
  const { method = 'GET', body, signal } = call;
  const request = createPipelineRequest({
    url,
    method: method as HttpMethods,
    allowInsecureConnection: true,
    ...(body && { body }),
    ...(signal && { abortSignal: signal }),
    ...(streams && { streamResponseStatusCodes: new Set([200]) }),
  });
  return pipeline.sendRequest(createDefaultHttpClient(), request);
}

const azureRecipe: Recipe = {
  name: 'azure-core',
  async call(resilience, url, call = {}) {
    const { status, bodyAsText } = await azureSend(resilience, url, call, false);
    return { status, body: bodyAsText ?? '' };
  },
  isOwn: (error) => error instanceof RestError,
};

describe.each([kyRecipe, gotRecipe, superagentRecipe, azureRecipe])(
  '$name, by its recipe',
  (recipe) => {
    it('gives a success as the bare one does', async () => {
      await using server = await startServer(statuses());
      const given = await recipe.call(quick(server.url), `${server.url}/api/incidents`);
      expect(given).toEqual({ status: 200, body: '{"sent":""}' });
      expect(server.requests.length).toBe(1);
    });

    it('rejects with its own error, and finds the tracking ID', async () => {
      await using server = await startServer(statuses(500, 500, 500, 500));
      const error = await rejectionOf(
        recipe.call(quick(server.url), `${server.url}/api/incidents`),
      );
      expect(recipe.isOwn(error)).toBe(true);
      expect(failureOf(error) ?? classify(error)).toMatchObject({
        status: 500,
        trackingId: 'tracking-7',
      });
      expect(server.requests.length).toBe(4);
    });

    it('ends at once when its caller aborts, in an attempt and in a wait', async () => {
      for (const retryAfter of [undefined, '30']) {
        await using server = await startServer((_request, response) => {
          if (retryAfter !== undefined)
            response.writeHead(429, { 'retry-after': retryAfter }).end();
        });
        const controller = new AbortController();
        const { signal } = controller;
        const call = recipe.call(quick(server.url), `${server.url}/api/incidents`, { signal });
        await vi.waitFor(() => expect(server.requests.length).toBe(1));
        controller.abort(new Error('enough'));
        const error = await rejectionOf(call);
        expect(failureOf(error)?.source).toBe('cancelled');
        await vi.waitFor(() => expect(server.sockets.open).toBeLessThanOrEqual(retryAfter ? 1 : 0));
      }
    });

    it('does not repeat what may have acted, and sends a query that only reads again', async () => {
      await using server = await startServer((request, response, count) => {
        if (count < 3) request.socket.destroy();
        else void statuses()(request, response, count);
      });
      const resilience = quick(server.url);
      const post = { method: 'POST', body: '{"Query":"x"}' };
      await rejectionOf(recipe.call(resilience, `${server.url}/api/machines/1/isolate`, post));
      expect(server.requests.length).toBe(1);
      const found = await recipe.call(resilience, `${server.url}/api/advancedhunting/run`, post);
      expect([server.requests.length, found.body]).toEqual([
        3,
        JSON.stringify({ sent: post.body }),
      ]);
    });

    it('sends the new token after a 401', async () => {
      await using server = await startServer(statuses(401));
      const resilience = quick(server.url, { refreshToken: () => 'new' });
      const given = await recipe.call(resilience, `${server.url}/api/incidents`);
      const tokens = server.requests.map(({ headers }) => headers.authorization);
      expect([given.status, tokens]).toEqual([200, ['Bearer old', 'Bearer new']]);
    });
  },
);

it('ky, by its recipe, streams', async () => {
  await using server = await startServer((_request, response, count) => {
    if (count === 1) return response.writeHead(500).end(FAILED);
    response.writeHead(200).write('first ');
    return setImmediate(() => response.end('second'));
  });
  const client = ky.create({ fetch: quick(server.url).fetch, retry: 0, timeout: false });
  const { body } = await client.get(`${server.url}/x`);
  await expect(new Response(body).text()).resolves.toBe('first second');
});

it('azure-core, by its recipe, streams', async () => {
  await using server = await startServer((_request, response, count) => {
    if (count === 1) return response.writeHead(500).end(FAILED);
    response.writeHead(200).write('first ');
    return setImmediate(() => response.end('second'));
  });
  const { readableStreamBody } = await azureSend(quick(server.url), `${server.url}/x`, {}, true);
  await expect(text(readableStreamBody as NodeJS.ReadableStream as never)).resolves.toBe(
    'first second',
  );
});
