import {
  createResilience,
  failureOf,
  type Observer,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import ky from 'ky';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { rejectionOf, resets, statuses } from '../support/clients.ts';
import { quick, startServer, type TestServer } from '../support/real.ts';

const ALWAYS = Array.from({ length: 50 }, () => 500);

let warnings: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
});

afterEach(() => {
  warnings.mockRestore();
});

function warned(): string[] {
  return warnings.mock.calls.map(([warning]) => String(warning));
}

/** Two wrappers, as when a library brings its own. */
function two(server: TestServer, options: ResilienceOptions = {}): ReturnType<typeof quick>[] {
  return [quick(server.url, options), quick(server.url, options)];
}

describe('a wrapped call inside a wrapped call', () => {
  it('sends no more than the inner one does, and says so once', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const { execute, fetch } = quick(server.url);
    for (let call = 1; call <= 2; call += 1) {
      const response = await execute('stack.once', () => fetch(`${server.url}/api/incidents`));
      expect(server.requests.length).toBe(4 * call);
      expect(failureOf(response)).toMatchObject({
        code: 'InternalServerError',
        trackingId: 'tracking-7',
      });
    }
    expect(warned()).toEqual([
      expect.stringMatching(/"incidents\.list" was made inside the wrapped call "stack\.once"/),
    ]);
  });

  it('names the place in the caller’s code', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const { execute, fetch } = quick(server.url);
    await execute('stack.place', () => fetch(`${server.url}/api/incidents`));
    const options = warnings.mock.calls[0]?.[1];
    expect(options).toMatchObject({
      code: 'DEFENDER_RESILIENCE_NESTED',
      detail: expect.stringContaining('stacking.test.ts') as string,
    });
    expect(JSON.stringify(options)).not.toContain('core/src');
  });

  it('repeats what the inner one does not: a failure of its own', async () => {
    await using server = await startServer(statuses());
    const { execute, fetch } = quick(server.url);
    let calls = 0;
    const result = await execute('stack.own', async () => {
      await fetch(`${server.url}/x`);
      calls += 1;
      if (calls < 3) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      return 'done';
    });
    expect([result, calls, warned()]).toEqual(['done', 3, []]);
  });

  it('lets the inner one succeed in silence', async () => {
    await using server = await startServer(statuses(500, 500));
    const { execute, fetch } = quick(server.url);
    const response = await execute('stack.success', () => fetch(`${server.url}/x`));
    expect([response.status, server.requests.length, warned()]).toEqual([200, 3, []]);
  });

  it('counts retries of the inner one alone', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const { execute, fetch, snapshot } = quick(server.url);
    await execute('stack.budget', () => fetch(`${server.url}/x`));
    expect(snapshot().budget.retries).toBe(3);
  });

  it('is not seen in an error that a client rejects with again and again', async () => {
    const { execute } = quick('http://127.0.0.1:1', { circuit: false });
    const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const always = reset();
    const aside = (): Promise<unknown> => execute('stack.aside', () => Promise.reject(reset()));
    const fn = vi.fn(async () => {
      await rejectionOf(aside());
      throw always;
    });
    // What is given up is noted only while other calls are under way.
    const { promise, resolve } = Promise.withResolvers<void>();
    const other = execute('stack.other', () => promise);
    await rejectionOf(execute('stack.same', fn));
    await rejectionOf(execute('stack.same', fn));
    resolve();
    await other;
    expect([fn.mock.calls.length, warned()]).toEqual([8, []]);
  });

  it('is told by an error that is thrown again, and by one that is its cause', async () => {
    await using server = await startServer(resets(99));
    const { execute, wrap } = quick(server.url);
    const inner = wrap('stack.inner', () => fetch(`${server.url}/x`));
    await rejectionOf(execute('stack.rethrown', () => inner()));
    expect(server.requests.length).toBe(4);
    const wrapped = async (): Promise<void> => {
      await inner().catch((cause: unknown) => {
        throw new Error('could not', { cause });
      });
    };
    await rejectionOf(execute('stack.caused', wrapped));
    expect(server.requests.length).toBe(8);
  });

  it.each(['the context is not followed', 'it is'])(
    'leaves calls that fail side by side alone where %s',
    async (where) => {
      if (where === 'it is') undiciInterceptor(createResilience());
      await using server = await startServer(statuses(...ALWAYS));
      const { execute, fetch } = quick(server.url, { circuit: false });
      let calls = 0;
      const failing = execute('stack.aside', async () => {
        calls += 1;
        await fetch(`${server.url}/a`);
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      });
      await Promise.all([rejectionOf(failing), fetch(`${server.url}/b`)]);
      expect([calls, warned()]).toEqual([4, []]);
    },
  );
});

describe('across clients, it is noticed too', () => {
  it('where ky throws an error of its own around a wrapped fetch', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const { execute, fetch } = quick(server.url);
    const client = ky.create({ fetch, retry: 0 });
    const error = await rejectionOf(
      execute('stack.ky', () => client.get(`${server.url}/x`).json()),
    );
    expect([server.requests.length, warned().length]).toEqual([4, 1]);
    expect(failureOf(error)).toMatchObject({ status: 500, trackingId: 'tracking-7' });
  });

  it('where a wrapped axios is called in execute', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const [outer, inner] = two(server);
    const client = wrapAxios(inner as never, axios.create());
    await rejectionOf(
      outer?.execute('stack.axios', () => client.get(`${server.url}/x`)) ?? Promise.resolve(),
    );
    expect([server.requests.length, warned().length]).toEqual([4, 1]);
  });

  it('where a wrapped fetch goes through a resilient dispatcher', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const [outer, inner] = two(server);
    const agent = new Agent();
    const dispatcher = agent.compose(undiciInterceptor(inner as never));
    const wrapped = outer?.wrapFetch(undiciFetch as never);
    const response = await wrapped?.(`${server.url}/x`, { dispatcher } as never);
    expect([response?.status, server.requests.length, warned().length]).toEqual([500, 4, 1]);
    await agent.destroy();
  });

  it('where a resilient dispatcher rejects inside execute', async () => {
    await using server = await startServer(resets(99));
    const [outer, inner] = two(server);
    const agent = new Agent();
    const dispatcher = agent.compose(undiciInterceptor(inner as never));
    const call = (): Promise<unknown> => request(`${server.url}/x`, { dispatcher });
    await rejectionOf(outer?.execute('stack.undici', call) ?? Promise.resolve());
    expect([server.requests.length, warned().length]).toEqual([4, 1]);
    await agent.destroy();
  });
});

describe('the hazard of retries that stack', () => {
  it('multiplies the requests where a client’s own retries stay on', async () => {
    await using server = await startServer(statuses(...ALWAYS));
    const { fetch } = quick(server.url, { circuit: false });
    const client = ky.create({ fetch, retry: { limit: 2, delay: () => 0 } });
    await rejectionOf(client.get(`${server.url}/x`).json());
    expect(server.requests.length).toBe(12);
  });
});

it('tells observers of both calls, so that neither is lost', async () => {
  await using server = await startServer(statuses(...ALWAYS));
  const ends: string[] = [];
  const observer: Observer = {
    call: ({ operation }) => ({
      end: ({ attempts, giveUpReason }) =>
        void ends.push(`${operation} ${attempts} ${giveUpReason}`),
    }),
  };
  const resilience = createResilience({
    observers: [observer],
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
    hosts: { [new URL(server.url).host]: 'all' },
  });
  await resilience.execute('stack.seen', () => resilience.fetch(`${server.url}/api/incidents`));
  expect(ends).toEqual(['incidents.list 4 retries-exhausted', 'stack.seen 1 retries-exhausted']);
});
