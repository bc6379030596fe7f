import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { disposeResponse, failureOfResponse } from '../../../src/clients/shared/response-body.ts';
import { manualClock } from '../../../src/testing/index.ts';
import { bytes, endless, stalled, watchedBody } from '../../failure/streams.ts';

const now = (): number => 0;
const BODY = JSON.stringify({ error: { code: 'Forbidden', message: 'x', target: 't' } });

describe('disposeResponse', () => {
  it('reads the rest of a short body', async () => {
    const { body, seen } = watchedBody([bytes('a'), bytes('b')]);
    await disposeResponse(new Response(body, { status: 500 }));
    expect(seen).toEqual({ read: 2, cancelled: false });
  });

  it('lets go of a long one', async () => {
    const { body, seen } = watchedBody(endless(16_384));
    await disposeResponse(new Response(body, { status: 500 }));
    expect(seen).toEqual({ read: 81_920, cancelled: true });
  });

  it('lets go of a slow one after two seconds, and leaves no timer behind', async () => {
    const clock = manualClock();
    let cancelled = false;
    const response = new Response(
      stalled(() => (cancelled = true)),
      { status: 500 },
    );
    const released = disposeResponse(response, clock);
    await clock.advance(1_999);
    expect(cancelled).toBe(false);
    await clock.advance(1);
    await released;
    expect(cancelled).toBe(true);
    await disposeResponse(new Response(BODY), clock);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each<[string, () => Response]>([
    ['no body', () => new Response(null)],
    [
      'a body that is being read',
      () => {
        const response = new Response(BODY);
        response.body?.getReader();
        return response;
      },
    ],
    [
      'a body that breaks off',
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.error(new Error('x')) }),
        ),
    ],
    ['a body that cannot be read', () => ({ body: {} }) as Response],
  ])('never rejects: %s', async (_, make) => {
    await expect(disposeResponse(make())).resolves.toBeUndefined();
  });
});

describe('a response over a socket', () => {
  let server: Server;

  async function serve(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an address of this kind.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('gives its connection back when it is released, judged or not', async () => {
    const sockets = new Set<unknown>();
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      response.writeHead(500).end('x'.repeat(20_000));
    });
    for (let call = 0; call < 20; call += 1) {
      const response = await fetch(url);
      if (call % 2 === 0) await failureOfResponse(response, { now });
      await disposeResponse(response);
    }
    // fetch opens a second one while the first is being freed.
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  it('says what came before the connection broke in the middle of the body', async () => {
    const url = await serve((_, response) => {
      response.writeHead(403, { 'content-length': '1000' });
      response.write(BODY, () => response.destroy());
    });
    const failure = await failureOfResponse(await fetch(url), { now });
    expect(failure).toMatchObject({ status: 403, verdict: 'terminal' });
  });
});
