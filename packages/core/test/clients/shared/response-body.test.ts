import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failureOfResponse } from '../../../src/clients/shared/response-body.ts';
import { attachFailure } from '../../../src/failure/attach.ts';
import type { Failure } from '../../../src/failure/failure.ts';
import { bytes, endless, stalled, watchedBody } from '../../failure/streams.ts';

const now = (): number => 0;
const BODY = JSON.stringify({ error: { code: 'Forbidden', message: 'x', target: 't' } });
describe('failureOfResponse', () => {
  it('reads what the body says', async () => {
    const response = new Response(BODY, { status: 403, headers: { 'request-id': 'r' } });
    expect(await failureOfResponse(response, { now })).toMatchObject({
      code: 'Forbidden',
      source: 'api',
      trackingId: 't',
    });
  });

  it('leaves the response as it was: unread, readable, and able to be cloned', async () => {
    const response = new Response(BODY, { status: 403 });
    await failureOfResponse(response, { now });
    expect(response.bodyUsed).toBe(false);
    expect(response.body?.locked).toBe(false);
    expect(await response.clone().text()).toBe(BODY);
    expect(await response.text()).toBe(BODY);
  });

  it('says nothing of a success, and does not touch it', async () => {
    const { body, seen } = watchedBody([bytes(BODY)]);
    expect(await failureOfResponse(new Response(body), { now })).toBeUndefined();
    expect(seen.read).toBe(0);
  });

  it('goes by what was noted beside the response where its body is gone', async () => {
    const noted: Failure = { code: 'X', message: '', verdict: 'terminal', source: 'api' };
    const response = new Response(BODY, { status: 403 });
    attachFailure(response, noted);
    expect((await failureOfResponse(response, { now }))?.code).toBe('Forbidden');
    await response.text();
    expect(await failureOfResponse(response, { now })).toBe(noted);
  });

  it('puts a body together that comes in pieces', async () => {
    const { body } = watchedBody([...BODY].map(bytes));
    const failure = await failureOfResponse(new Response(body, { status: 403 }), { now });
    expect(failure?.code).toBe('Forbidden');
  });

  it('reads 64 KiB of an endless body, which its caller can go on reading', async () => {
    const { body, seen } = watchedBody(endless(1_024));
    const response = new Response(body, { status: 503 });
    expect(await failureOfResponse(response, { now })).toMatchObject({ code: 'Http503' });
    // A copy reads one piece ahead.
    expect(seen.read).toBeLessThanOrEqual(65_536 + 1_024);
    expect(seen.cancelled).toBe(false);
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    for (let piece = 0; piece < 100; piece += 1) {
      expect((await reader?.read())?.value?.byteLength).toBe(1_024);
    }
    await reader?.cancel();
    expect(seen.cancelled).toBe(true);
  });

  it('makes do with what came of a body that broke off, and lets its caller see the error', async () => {
    let sent = false;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new Error('broken'));
        else controller.enqueue(bytes(BODY));
        sent = true;
      },
    });
    const response = new Response(broken, { status: 403 });
    expect((await failureOfResponse(response, { now }))?.code).toBe('Forbidden');
    await expect(response.text()).rejects.toThrow('broken');
  });

  it('makes do with the status when the signal ends a body that does not come', async () => {
    const over = new AbortController();
    const response = new Response(stalled(), { status: 503 });
    const failure = failureOfResponse(response, { now, signal: over.signal });
    over.abort();
    expect(await failure).toMatchObject({ code: 'Http503', verdict: 'retryable' });
    expect(response.bodyUsed).toBe(false);
  });

  it('does not begin to read when the signal has ended it already', async () => {
    const { body, seen } = watchedBody([bytes(BODY)]);
    const response = new Response(body, { status: 403 });
    const signal = AbortSignal.abort();
    expect((await failureOfResponse(response, { now, signal }))?.code).toBe('Http403');
    expect(seen.read).toBe(0);
  });

  it('leaves no listener on the signal', async () => {
    let listeners = 0;
    const over = new AbortController();
    const { signal } = over;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await failureOfResponse(new Response(BODY, { status: 403 }), { now, signal });
    expect(listeners).toBe(0);
  });

  it.each<[string, () => Promise<Response>]>([
    ['without a body', async () => new Response(null, { status: 503 })],
    [
      'whose body was read',
      async () => {
        const response = new Response(BODY, { status: 503 });
        await response.text();
        return response;
      },
    ],
    [
      'whose body is being read',
      async () => {
        const response = new Response(BODY, { status: 503 });
        response.body?.getReader();
        return response;
      },
    ],
  ])('goes by the status of a response %s', async (_, make) => {
    expect(await failureOfResponse(await make(), { now })).toMatchObject({ code: 'Http503' });
  });

  it('goes by the looks of a response of someone’s own making', async () => {
    const fake = { status: 503, headers: { 'retry-after': '7' }, body: 'x', bodyUsed: false };
    // A test double of a user's may be no more than this.
    const failure = await failureOfResponse(fake as unknown as Response, { now });
    expect(failure).toMatchObject({ code: 'Http503', retryAfterMs: 7_000, message: 'x' });
  });

  it('goes by status and headers where a body that is no stream of the web cannot be copied', async () => {
    const fake = {
      status: 503,
      headers: new Headers({ 'retry-after': '7' }),
      body: Readable.from(['x']),
      bodyUsed: false,
      clone: () => {
        throw new Error('no copy');
      },
    };
    const failure = await failureOfResponse(fake as unknown as Response, { now });
    expect(failure).toMatchObject({ code: 'Http503', retryAfterMs: 7_000 });
  });

  it('never rejects, whatever the clock does', async () => {
    const failing = (): number => {
      throw new Error('no time');
    };
    const response = new Response('', { status: 503 });
    expect(await failureOfResponse(response, { now: failing })).toMatchObject({
      source: 'unknown',
    });
  });
});
