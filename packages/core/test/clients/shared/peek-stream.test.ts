import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { peekNodeStream } from '../../../src/clients/shared/node-stream.ts';
import { peekWebStream } from '../../../src/clients/shared/web-stream.ts';

const never = new AbortController().signal;

describe('the beginning of a stream', () => {
  it('is given, and then the whole, which may be text', async () => {
    const source = Readable.from(['first ', 'second'], { objectMode: true });
    const { start, whole } = await peekNodeStream(source, never);
    expect(Buffer.from(start).toString()).toBe('first second');
    await expect(text(whole)).resolves.toBe('first second');
  });

  it('is what came before the stream broke off, and the whole breaks off there too', async () => {
    const source = new Readable({ read: () => undefined });
    source.push('first');
    setImmediate(() => source.destroy(new Error('broke')));
    const { start, whole } = await peekNodeStream(source, never);
    expect(Buffer.from(start).toString()).toBe('first');
    await expect(text(whole)).rejects.toThrow('broke');
  });

  it('is what came until it was enough, and the rest comes later', async () => {
    const source = new Readable({ read: () => undefined });
    source.push('first ');
    const over = new AbortController();
    setImmediate(() => over.abort());
    const { start, whole } = await peekNodeStream(source, over.signal);
    expect(Buffer.from(start).toString()).toBe('first ');
    source.push('second');
    source.push(null);
    await expect(text(whole)).resolves.toBe('first second');
  });

  it('of a source of objects is empty, and the source is let go of with the whole', async () => {
    const source = Readable.from([{ a: 1 }]);
    const { start, whole } = await peekNodeStream(source, never);
    expect(start.byteLength).toBe(0);
    whole.destroy();
    expect(source.destroyed).toBe(true);
  });

  it('is given of a web stream, even of one that breaks off or is slow', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('first'));
      },
      // What is queued when a stream fails is lost, so that it must be read before.
      pull: (controller) => void setImmediate(() => controller.error(new Error('broke'))),
    });
    const { start, whole } = await peekWebStream(broken, never);
    expect(Buffer.from(start).toString()).toBe('first');
    await expect(new Response(whole).text()).rejects.toThrow('broke');
    const over = new AbortController();
    setImmediate(() => over.abort());
    const slow = await peekWebStream(new ReadableStream(), over.signal);
    expect(slow.start.byteLength).toBe(0);
  });
});
