import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { requestBody } from '../../../src/clients/undici/replayable-body.ts';

describe('a generator that is sent', () => {
  async function* parts(fail: boolean): AsyncGenerator<unknown> {
    yield Buffer.from('ab');
    await Promise.resolve();
    if (fail) throw new Error('no more');
    yield Buffer.from('cd');
  }

  async function read(body: unknown): Promise<string> {
    return text(Readable.from(body as AsyncIterable<unknown>));
  }

  it('of known length is read again from its beginning, also by two at once', async () => {
    const sent = requestBody(parts(false), 4);
    await expect(Promise.all([read(sent.body), read(sent.body)])).resolves.toEqual([
      'abcd',
      'abcd',
    ]);
    expect(sent.resendable).toBe(true);
  });

  it('that fails is not sent again', async () => {
    const sent = requestBody(parts(true), 4);
    await expect(read(sent.body)).rejects.toThrow('no more');
    expect(sent.resendable).toBe(false);
  });

  it('that is longer than it says is not sent again', async () => {
    const sent = requestBody(parts(false), 3);
    await read(sent.body);
    expect(sent.resendable).toBe(false);
  });

  it('that gives no bytes is not sent again', async () => {
    const sent = requestBody(
      (async function* () {
        yield 'text';
      })(),
      4,
    );
    await read(sent.body);
    expect(sent.resendable).toBe(false);
  });

  it('is read on by an attempt that is under way when the call ends', async () => {
    const sent = requestBody(parts(false), 4);
    const reader = (sent.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    const first = await reader.next();
    sent.close();
    const second = await reader.next();
    expect([first.value, second.value].map(String)).toEqual(['ab', 'cd']);
  });

  it('has no known length, or is a stream: it is sent once', () => {
    expect(requestBody(parts(false), undefined).resendable).toBe(false);
    expect(requestBody(Readable.from(['a']), 1).resendable).toBe(false);
  });
});
