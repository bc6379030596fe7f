import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createResilience } from '@defender-resilience/core';
import { Gauge, Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import {
  type MetricsHandler,
  metricsHandler,
  promObserver,
  type RecentErrors,
} from '../src/index.ts';
import { call, failure } from './support/drive.ts';
import { openMetrics } from './support/registries.ts';

interface Served extends AsyncDisposable {
  readonly url: string;
}

async function serve(handler: MetricsHandler): Promise<Served> {
  const server = createServer((request, response) => handler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function errors(): RecentErrors {
  const observer = promObserver({
    register: new Registry(),
    exemplars: false,
    clock: { epoch: () => Date.UTC(2026, 0, 1) },
  });
  call(observer, { failure: failure('Forbidden', 403, { trackingId: 'id-1' }) });
  call(observer, { failure: failure('DisabledFeature', 403, { trackingId: 'id-2' }) });
  return observer.recentErrors;
}

describe('/metrics', () => {
  it('is the text that the registry prints, with its content type', async () => {
    const register = new Registry();
    promObserver({ register, exemplars: false });
    await using served = await serve(metricsHandler(register));
    const response = await fetch(`${served.url}/metrics?collect[]=x`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(await register.metrics());
  });

  it('of an OpenMetrics registry is OpenMetrics, and ends with # EOF', async () => {
    await using served = await serve(
      metricsHandler(promObserver({ register: openMetrics() }).register),
    );
    const response = await fetch(`${served.url}/metrics`);
    expect(response.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect((await response.text()).endsWith('\n# EOF\n')).toBe(true);
  });

  it('answers HEAD with the headers alone', async () => {
    const register = new Registry();
    promObserver({ register, exemplars: false, constantLabels: { tenant: 'Zürich' } });
    await using served = await serve(metricsHandler(register));
    const response = await fetch(`${served.url}/metrics`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(
      String(Buffer.byteLength(await register.metrics())),
    );
    expect(await response.text()).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'refuses %s and tells what is allowed',
    async (method) => {
      await using served = await serve(metricsHandler(new Registry()));
      const response = await fetch(`${served.url}/metrics`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    },
  );

  it.each(['/', '/metric', '/metrics/x', '/debug/defender/errors', '//'])(
    'is not at %s',
    async (path) => {
      await using served = await serve(metricsHandler(new Registry()));
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        send(served.url, { path }, resolve).on('error', reject).end();
      });
      expect(response.statusCode).toBe(404);
      expect(await text(response)).toBe('Not found\n');
    },
  );

  it('can be elsewhere', async () => {
    await using served = await serve(metricsHandler(new Registry(), { path: '/internal/scrape' }));
    expect((await fetch(`${served.url}/internal/scrape`)).status).toBe(200);
    expect((await fetch(`${served.url}/metrics`)).status).toBe(404);
  });

  it('is a 500 without a word of the reason when a metric cannot be collected', async () => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const register = new Registry();
    new Gauge({
      name: 'broken',
      help: 'Broken.',
      registers: [register],
      collect: () => {
        throw new RangeError('with a secret');
      },
    });
    await using served = await serve(metricsHandler(register));
    const response = await fetch(`${served.url}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The metrics could not be collected\n');
    await fetch(`${served.url}/metrics`);
    expect(warn.mock.calls).toEqual([
      ['A metric of the registry could not be collected: RangeError', expect.anything()],
    ]);
  });

  it('is no business of something that is no registry', () => {
    for (const wrong of [[{ contentType: 'text/plain' }], []]) {
      const make = (): void => void Reflect.apply(metricsHandler, undefined, wrong);
      expect(make).toThrow(
        new TypeError('metricsHandler takes a registry: an object with contentType and metrics()'),
      );
    }
  });
});

interface UnhandledRejections extends AsyncDisposable {
  /** The reasons of the rejections that nobody handled. */
  seen(): Promise<readonly unknown[]>;
}

/** Takes the place of vitest's own listener, which would fail the whole run. */
function unhandledRejections(): UnhandledRejections {
  const others = process.listeners('unhandledRejection');
  const reasons: unknown[] = [];
  const collect = (reason: unknown): void => void reasons.push(reason);
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', collect);
  // Node reports rejections after the microtasks of the current turn.
  const seen = async (): Promise<readonly unknown[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return reasons;
  };
  return {
    seen,
    async [Symbol.asyncDispose]() {
      await seen();
      process.off('unhandledRejection', collect);
      for (const listener of others) process.on('unhandledRejection', listener);
    },
  };
}

describe('a fault while a request is answered', () => {
  it.each([
    ['a content type that no header can have', { contentType: 'text/plain\n' }, '/metrics'],
    ['recent errors that cannot be listed', { contentType: 'text/plain' }, '/errors'],
  ])('(%s) is a 500, and the process goes on', async (_, { contentType }, path) => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const recentErrors: RecentErrors = {
      dropped: 0,
      list: () => {
        throw new RangeError('with a secret');
      },
    };
    const source = { contentType, metrics: async () => 'up 1\n' };
    const options = { recentErrors, recentErrorsPath: '/errors' };
    await using served = await serve(metricsHandler(source, options));
    await using unhandled = unhandledRejections();
    const response = await fetch(`${served.url}${path}`, { signal: AbortSignal.timeout(10_000) });
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The request could not be answered\n');
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^metricsHandler could not answer a request: \w+Error$/),
      { code: 'DEFENDER_RESILIENCE_PROM' },
    );
    expect(await unhandled.seen()).toEqual([]);
  });
});

describe('a source that resolves something else than a string', () => {
  it.each([undefined, null, 7, {}])('(%j) is a 500, and says so in a warning', async (page) => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const source = { contentType: 'text/plain', metrics: async () => page as never };
    await using served = await serve(metricsHandler(source));
    const response = await fetch(`${served.url}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe(
      'The metrics could not be collected: the registry returned no text\n',
    );
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('must resolve to a string, got '),
      { code: 'DEFENDER_RESILIENCE_PROM' },
    );
  });
});

describe('paths', () => {
  const handler = (options: object) => () => metricsHandler(new Registry(), options);

  it.each(['metrics', '', 5, null, '/metrics?x=1', '/metrics#x'])(
    'such as %j are refused with what is expected',
    (path) => {
      const rule = 'must be a path that starts with "/", such as "/metrics", got';
      expect(handler({ path })).toThrow(`path ${rule}`);
      expect(handler({ recentErrorsPath: path })).toThrow(`recentErrorsPath ${rule}`);
    },
  );

  it('must differ', () => {
    expect(handler({ path: '/debug', recentErrorsPath: '/debug' })).toThrow(
      'path and recentErrorsPath must differ, got "/debug" and "/debug"',
    );
    expect(handler({ path: '/debug/', recentErrorsPath: '/debug' })).toThrow(
      'path and recentErrorsPath must differ, got "/debug/" and "/debug"',
    );
    expect(handler({ path: '/debug/defender/errors', recentErrors: errors() })).toThrow('differ');
    expect(handler({ path: '/debug/defender/errors' })).not.toThrow();
  });

  it('are reported together with every other invalid option', () => {
    expect(handler({ path: 5, recentErrors: {}, recentErrorPath: '/x' })).toThrow(
      new TypeError(
        [
          'metricsHandler got invalid options:',
          '- path must be a path that starts with "/", such as "/metrics", got 5',
          '- recentErrors must be observer.recentErrors, got an object',
          '- recentErrorPath is not an option; did you mean recentErrorsPath?',
        ].join('\n'),
      ),
    );
  });

  it('may end with a slash, which makes no difference', async () => {
    await using served = await serve(metricsHandler(new Registry(), { path: '/scrape/' }));
    expect((await fetch(`${served.url}/scrape`)).status).toBe(200);
    expect((await fetch(`${served.url}/scrape/`)).status).toBe(200);
  });

  it('may be the root', async () => {
    await using served = await serve(metricsHandler(new Registry(), { path: '/' }));
    expect((await fetch(served.url)).status).toBe(200);
    expect((await fetch(`${served.url}/metrics`)).status).toBe(404);
  });
});

describe('in a framework', () => {
  const mounted = async (url: string, baseUrl: string): Promise<number | 'next'> => {
    const handler = metricsHandler(new Registry());
    let passedOn = false;
    await using served = await serve((request, response) => {
      const seen = Object.assign(request, { baseUrl, url });
      handler(seen, response, () => {
        passedOn = true;
        response.end();
      });
    });
    const { status } = await fetch(served.url);
    return passedOn ? 'next' : status;
  };

  it('is found below any mount point, and at one', async () => {
    expect(await mounted('/metrics', '')).toBe(200);
    expect(await mounted('/metrics?x=1', '/internal')).toBe(200);
    expect(await mounted('/', '/metrics')).toBe(200);
  });

  it('leaves every other path to the next handler', async () => {
    expect(await mounted('/api', '')).toBe('next');
    expect(await mounted('/', '')).toBe('next');
    expect(await mounted('/', '/api')).toBe('next');
  });
});

describe('the recent errors', () => {
  it('are not served unless they are given', async () => {
    await using served = await serve(metricsHandler(new Registry()));
    expect((await fetch(`${served.url}/debug/defender/errors`)).status).toBe(404);
  });

  it('are served as JSON, by code and by time', async () => {
    const recentErrors = errors();
    await using served = await serve(metricsHandler(new Registry(), { recentErrors }));
    const get = async (query: string): Promise<unknown> => {
      const response = await fetch(`${served.url}/debug/defender/errors${query}`);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      return response.json();
    };
    expect(await get('')).toEqual({ errors: recentErrors.list(), dropped: 0 });
    expect(await get('?code=Forbidden')).toMatchObject({ errors: [{ trackingId: 'id-1' }] });
    expect(await get('?code=Forbidden&since=2026-01-01T00:00:00Z')).toMatchObject({
      errors: [{ trackingId: 'id-1' }],
    });
    expect(await get('?since=2026-01-01T00:00:01Z')).toEqual({ errors: [], dropped: 0 });
  });

  it('cannot be asked for since a time that is none', async () => {
    await using served = await serve(metricsHandler(new Registry(), { recentErrors: errors() }));
    const response = await fetch(`${served.url}/debug/defender/errors?since=yesterday`);
    expect(response.status).toBe(400);
  });

  it('can be elsewhere, and only be read', async () => {
    const options = { recentErrors: errors(), recentErrorsPath: '/errors' };
    await using served = await serve(metricsHandler(new Registry(), options));
    expect((await fetch(`${served.url}/errors`)).status).toBe(200);
    expect((await fetch(`${served.url}/errors`, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('the snapshot of a wrapper', () => {
  it('is served with the recent errors beside it', async () => {
    const resilience = createResilience({ quota: 'documented' });
    const recentErrors = errors();
    await using served = await serve(metricsHandler(new Registry(), { resilience, recentErrors }));
    const response = await fetch(`${served.url}/debug/defender/snapshot`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { time, ...rest } = (await response.json()) as { readonly time: string };
    expect(time).toMatch(/^\d{4}-.*Z$/);
    expect(rest).toEqual({ resilience: resilience.snapshot(), errors: recentErrors.list() });
  });

  it('can be elsewhere, and is not served unless it is passed', async () => {
    const resilience = createResilience();
    await using served = await serve(
      metricsHandler(new Registry(), { resilience, snapshotPath: '/state' }),
    );
    expect(await (await fetch(`${served.url}/state`)).json()).toMatchObject({ errors: [] });
    await using without = await serve(metricsHandler(new Registry()));
    expect((await fetch(`${without.url}/debug/defender/snapshot`)).status).toBe(404);
  });

  it('has a path of its own', () => {
    const same = { resilience: createResilience(), snapshotPath: '/metrics/' };
    expect(() => metricsHandler(new Registry(), same)).toThrow(
      'path and snapshotPath must differ, got "/metrics" and "/metrics/"',
    );
  });
});
