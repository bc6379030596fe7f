import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { defender } from './bodies/defender.ts';
import { graph } from './bodies/graph.ts';
import { others } from './bodies/others.ts';
import { detached } from './support.ts';

const all = [...defender, ...graph, ...others];

describe('classify reads what an error answer says', () => {
  it.each(all)('$what', ({ status, body, headers, says }) => {
    const failure = classify({ status, body, headers });
    expect(failure).toMatchObject({ status, ...says });
  });

  it.each(all)('$what, as a text and as bytes', ({ status, body, headers }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = new TextEncoder().encode(text);
    const expected = classify({ status, body: text, headers });
    expect(classify({ status, body: bytes, headers })).toEqual(expected);
    expect(classify({ status, body: Buffer.from(bytes), headers })).toEqual(expected);
    expect(classify({ status, body: bytes.buffer, headers })).toEqual(expected);
    expect(classify({ statusCode: status, body: text, headers })).toEqual(expected);
  });

  it('names the row of the catalogue', () => {
    const failure = classify({ status: 403, body: { error: { code: 'Forbidden', message: '' } } });
    expect(failure?.entry?.code).toBe('Forbidden');
    expect(failure?.advice).toBe(failure?.entry?.advice);
  });

  it('lets a new token be asked for where an API refuses one in the form of Entra', () => {
    const body = { error: 'invalid_token', error_description: 'The token expired' };
    expect(classify({ status: 401, body })).not.toHaveProperty('refreshUseless');
  });

  it('leaves out what it does not know', () => {
    expect(Object.keys(classify({ status: 418 }) ?? {})).toEqual([
      'code',
      'status',
      'verdict',
      'source',
    ]);
  });

  it('keeps no more than 1,024 characters of a message', () => {
    const message = `x${'😀'.repeat(600)}`;
    const failure = classify({ status: 500, body: { error: { code: 'X', message } } });
    expect(failure?.message.length).toBeLessThanOrEqual(1_024);
    expect(failure?.message.isWellFormed()).toBe(true);
  });

  it('reads no more than 64 KiB of a body', () => {
    const padding = ' '.repeat(70_000);
    const late = `${padding}{"error":{"code":"Forbidden","message":"x"}}`;
    expect(classify({ status: 403, body: late })?.code).toBe('Http403');
    expect(classify({ status: 403, body: Buffer.from(late) })?.code).toBe('Http403');
    // Each of these is two bytes and one character.
    const wide = `${'\u00A0'.repeat(40_000)}{"error":{"code":"Forbidden","message":"x"}}`;
    expect(classify({ status: 403, body: wide })?.code).toBe('Forbidden');
    expect(classify({ status: 403, body: Buffer.from(wide) })?.code).toBe('Http403');
    const carried = JSON.stringify({ error: { code: 'NotFound', message: 'x'.repeat(70_000) } });
    const carrier = { error: { code: 'Forbidden', message: carried } };
    expect(classify({ status: 403, body: carrier })?.code).toBe('Forbidden');
    const nested = (length: number): string => {
      const inner = { error: { code: 'NotFound', message: '' } };
      const missing = length - JSON.stringify(inner).length;
      inner.error.message = 'x'.repeat(missing);
      return JSON.stringify(inner);
    };
    for (const [length, code] of [
      [65_537, 'NotFound'],
      [65_538, 'Forbidden'],
    ] as const) {
      const body = { error: { code: 'Forbidden', message: nested(length) } };
      expect(classify({ status: 403, body })?.code).toBe(code);
    }
    const huge = { error: { code: 'Forbidden', message: `{"a":"${'x'.repeat(10_000_000)}"}` } };
    expect(classify({ status: 403, body: huge })?.code).toBe('Forbidden');
    expect(classify({ status: 403, body: JSON.stringify(huge) })?.code).toBe('Http403');
  });

  it('follows documents in messages three deep', () => {
    const nest = (depth: number, code: string): object => ({
      error: {
        code,
        message: depth === 0 ? 'the end' : JSON.stringify(nest(depth - 1, `Level${depth - 1}`)),
      },
    });
    expect(classify({ status: 400, body: nest(3, 'Top') })?.code).toBe('Level0');
    expect(classify({ status: 400, body: nest(4, 'Top') })?.code).toBe('Level1');
  });

  it.each([
    ['a stream', new ReadableStream()],
    ['a form', new FormData()],
    ['a blob', new Blob(['{"error":{"code":"Forbidden"}}'])],
    ['a function', () => 'x'],
    ['memory that was given away', detached()],
  ])('takes %s for a body that it cannot read', (_, body) => {
    expect(classify({ status: 503, body })).toMatchObject({ code: 'Http503', message: '' });
  });
});

describe('the response in an error', () => {
  const document = { error: { code: 'Forbidden', message: 'x' } };
  const parsed = JSON.stringify(document);

  it.each<[string, object]>([
    ['its body', { body: document }],
    ['the text beside a stream', { data: new ReadableStream(), body: parsed }],
    ['the text beside an empty one', { data: '', body: parsed }],
    ['the text beside a number', { data: 7, body: parsed }],
    ['bytes beside a form', { data: new FormData(), body: Buffer.from(parsed) }],
    ['what was parsed, beside a blob', { data: new Blob(['x']), body: document }],
  ])('is read from %s', (_, fields) => {
    expect(classify({ status: 403, ...fields })?.code).toBe('Forbidden');
    const error = Object.assign(new Error('x'), { response: { status: 403, ...fields } });
    expect(classify(error)?.code).toBe('Forbidden');
  });

  it.each(['pipe', 'getReader', 'arrayBuffer', 'append', Symbol.asyncIterator])(
    'is not read from what has the method %s, such as a stream or a form',
    (method) => {
      const body = { ...document, [method]: () => undefined };
      expect(classify({ status: 403, body })?.code).toBe('Http403');
      expect(classify({ status: 403, body: { ...document, [method]: 7 } })?.code).toBe('Forbidden');
    },
  );

  it('is not read from a Response, whose deprecated properties warn', () => {
    const asked: string[] = [];
    const response = new Proxy(
      new Response(null, { status: 403, headers: { 'request-id': 'r' } }),
      {
        get(target, key) {
          asked.push(String(key));
          const value: unknown = Reflect.get(target, key);
          return value;
        },
      },
    );
    for (const thing of [response, Object.assign(new Error('x'), { response })]) {
      expect(classify(thing)).toMatchObject({ code: 'Http403', trackingId: 'r' });
    }
    for (const key of ['data', 'text', 'bodyAsText', 'rawBody']) expect(asked).not.toContain(key);
  });

  it.each<[object, number | undefined]>([
    [{ status: '500' }, undefined],
    [{ status: 404.5 }, undefined],
    [{ status: 1e20 }, undefined],
    [{ statusCode: 0, status: 404 }, 404],
    [{ statusCode: 99, status: 404 }, 404],
    [{ statusCode: 100, status: 404 }, undefined],
    [{ statusCode: '500', status: 404 }, 404],
    [{ statusCode: 404.5, status: 404 }, 404],
    [{ status: 404, statusCode: 500 }, 500],
    [{ responseStatusCode: 404 }, 404],
    [{ response: { status: 404 }, status: 500 }, 404],
    [{ response: { status: 0 }, status: 500 }, 500],
  ])('has the status that %j has', (thing, status) => {
    expect(classify(thing)?.status).toBe(status);
  });

  it('is its own document where it is one', () => {
    const problem = { status: 404, title: 'Not Found', detail: 'No such alert', traceId: 't' };
    expect(classify(problem)).toMatchObject({
      code: 'Http404',
      message: 'Not Found No such alert',
      trackingId: 't',
    });
    const error = { ...problem, stack: 'Error: x' };
    expect(classify(error)).toMatchObject({ code: 'Http404', message: '' });
  });
});

describe('classify', () => {
  it.each([
    ['an error document', { error: { code: 'forbidden', message: 'x', target: 't' } }],
    ['the same without its envelope', { code: 'forbidden', message: 'x', target: 't' }],
  ])('takes %s for what it says when it comes without a status', (_, document) => {
    const failure = classify(document);
    expect(failure).toMatchObject({ code: 'Forbidden', verdict: 'terminal', trackingId: 't' });
    expect(failure).not.toHaveProperty('status');
  });

  it.each([
    ['a success', { status: 200, body: { error: { code: 'Forbidden', message: 'x' } } }],
    ['a redirect', { status: 302 }],
    ['a 206 with a warning', new Response('{}', { status: 206 })],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'Forbidden'],
    ['a number', 500],
    ['a symbol', Symbol('x')],
    ['a function', () => undefined],
    ['a list', [500]],
    ['an empty object', {}],
    ['a status that is a word', { status: 'failed' }],
    ['a status that is no number', { status: Number.NaN }],
    ['something with a code of its own', { code: 'NewCode', message: 'x' }],
  ])('has nothing to say of %s', (_, value) => {
    expect(classify(value)).toBeUndefined();
  });

  it('sees status and headers of a Response, whose body it cannot read at once', () => {
    const response = new Response('{"error":{"code":"Forbidden"}}', {
      status: 403,
      headers: { 'request-id': 'r' },
    });
    expect(classify(response)).toMatchObject({ code: 'Http403', trackingId: 'r' });
    expect(response.bodyUsed).toBe(false);
  });
});
