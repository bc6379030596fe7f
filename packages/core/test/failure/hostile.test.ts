import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import type { Failure } from '../../src/failure/failure.ts';
import { failureOfResponse } from '../../src/failure/response.ts';
import { revokedProxy } from './support.ts';

const SOURCES = [
  'api',
  'gateway',
  'network',
  'timeout',
  'circuit',
  'throttle',
  'cancelled',
  'unknown',
];

/** What must hold for any failure at all. */
function expectFailure(failure: Failure | undefined): void {
  expect(failure).toBeDefined();
  expect(['retryable', 'terminal']).toContain(failure?.verdict);
  expect(SOURCES).toContain(failure?.source);
  expect(failure?.code).toMatch(/^[\w./-]{1,64}$/);
  expect(failure?.message.length).toBeLessThanOrEqual(1_024);
  expect(() => JSON.stringify(failure)).not.toThrow();
}

const refuse = (): never => {
  throw new Error('no');
};

const HOSTILE: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
);

const anyStatus = fc.oneof(
  fc.integer({ min: 400, max: 599 }),
  fc.integer({ min: 400, max: 70_000 }),
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.string().map((text) => `<${text}>`),
  fc.string().map((text) => `{"error":{"code":"${text}","message":"${text}"`),
);
const anyBody = fc.oneof(anyText, fc.uint8Array(), fc.object(), fc.anything());
const anyHeaders = fc.oneof(
  fc.dictionary(fc.string(), fc.anything()),
  fc.array(fc.tuple(fc.string(), fc.anything())),
  fc.anything(),
);

describe('classify never throws', () => {
  it('and always has a verdict on a status of 400 or more, whatever comes with it', () => {
    fc.assert(
      fc.property(anyStatus, anyHeaders, anyBody, (status, headers, body) => {
        const failure = classify({ status, headers, body });
        expectFailure(failure);
        expect(failure?.status).toBe(status);
      }),
      { numRuns: 500 },
    );
  });

  it('and never fails a success, whatever comes with it', () => {
    const success = fc.integer({ min: 100, max: 399 });
    fc.assert(
      fc.property(success, anyHeaders, anyBody, (status, headers, body) => {
        expect(classify({ status, headers, body })).toBeUndefined();
      }),
    );
  });

  it('and reads an envelope with any value in any place', () => {
    const place = fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true });
    const error = fc.record(
      { code: place, message: place, target: place, innerError: place, innererror: place },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyStatus, error, (status, value) => {
        expectFailure(classify({ status, body: { error: value } }));
      }),
      { numRuns: 500 },
    );
  });

  it('and always has a verdict on an error, whatever hangs on it', () => {
    const fields = fc.dictionary(
      fc.constantFrom(
        'code',
        'name',
        'status',
        'statusCode',
        'response',
        'cause',
        'errors',
        'headers',
        'data',
        'body',
        'message',
        'stack',
        'errorCode',
        'errorMessage',
        'syscall',
        'event',
      ),
      fc.anything(),
    );
    fc.assert(
      fc.property(fields, (values) => {
        const error = new Error('x');
        for (const [key, value] of Object.entries(values)) {
          Object.defineProperty(error, key, { value });
        }
        expectFailure(classify(error));
      }),
      { numRuns: 500 },
    );
  });

  it('on anything else, be it undefined or a failure', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBoxedValues: true, withMap: true, withDate: true }),
        (value) => {
          const failure = classify(value);
          if (failure !== undefined) expectFailure(failure);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('on the bytes of any answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 400, max: 599 }),
        fc.uint8Array({ maxLength: 2_000 }),
        async (status, body) => {
          const response = new Response(body, { status });
          expectFailure(await failureOfResponse(response, { now: () => 0 }));
          expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
        },
      ),
    );
  });

  it.each<[string, object]>([
    ['a revoked proxy', revokedProxy()],
    ['a proxy that refuses everything', new Proxy({}, HOSTILE)],
    ['a proxy of an error that refuses everything', new Proxy(new Error('x'), HOSTILE)],
    ['a status that throws', Object.defineProperty({}, 'status', { get: refuse })],
    [
      'an error whose every field throws',
      Object.defineProperties(new Error('x'), {
        message: { get: refuse },
        name: { get: refuse },
        code: { get: refuse },
        cause: { get: refuse },
        stack: { get: refuse },
        response: { get: refuse },
      }),
    ],
    [
      'a class of its own that throws',
      {
        get [Symbol.toStringTag](): string {
          return refuse();
        },
        get status(): number {
          return refuse();
        },
      },
    ],
  ])('on %s, and does not call it a success', (_, value) => {
    expect(classify(value)).toMatchObject({
      code: 'Unknown',
      verdict: 'terminal',
      source: 'unknown',
    });
  });

  it('when headers and body throw, and goes by the status', () => {
    const answer = {
      status: 503,
      get headers(): never {
        return refuse();
      },
      get body(): never {
        return refuse();
      },
    };
    expect(classify(answer)).toMatchObject({ code: 'Http503', verdict: 'retryable' });
    const proxies = { status: 503, headers: revokedProxy(), body: revokedProxy() };
    expect(classify(proxies)).toMatchObject({ code: 'Http503', verdict: 'retryable' });
    const secretive = new Proxy({ status: 503 }, { has: refuse, ownKeys: refuse });
    expect(classify(secretive)).toMatchObject({ code: 'Http503', verdict: 'retryable' });
    const typed = new Proxy(new Uint8Array(4), HOSTILE);
    expect(classify({ status: 503, body: typed })).toMatchObject({ code: 'Http503' });
  });

  it('when a body document throws in every place', () => {
    const document = new Proxy({}, { get: refuse });
    expect(classify({ status: 503, body: document })).toMatchObject({ code: 'Http503' });
    expect(classify({ status: 503, body: { error: document } })).toMatchObject({ code: 'Http503' });
  });

  it('on an error that is its own cause', () => {
    const error = new AggregateError([], 'x');
    error.cause = error;
    error.errors = [error, error, { cause: error }];
    expect(classify(error)).toMatchObject({ code: 'Unknown', source: 'unknown' });
  });

  it('on causes without an end, of which it reads 32', () => {
    let made = 0;
    const endless = (): Error =>
      Object.defineProperty(new Error('x'), 'cause', {
        get() {
          made += 1;
          return endless();
        },
      });
    expect(classify(endless())).toMatchObject({ source: 'unknown' });
    expect(made).toBeLessThan(200);
  });

  it('on an aggregate of a million errors', () => {
    const errors = new Array<Error>(1_000_000).fill(new Error('x'));
    const error = Object.assign(new Error('x'), { errors });
    expect(classify(error)).toMatchObject({ source: 'unknown' });
  });

  it('on texts of ten million characters', () => {
    const huge = 'x'.repeat(10_000_000);
    const error = Object.assign(new Error(huge), { code: huge, name: huge });
    expectFailure(classify(error));
    expectFailure(
      classify({ status: 500, headers: { 'retry-after': huge, 'request-id': huge }, body: huge }),
    );
    expectFailure(
      classify({ status: 500, body: { error: { code: huge, message: huge, target: huge } } }),
    );
  });

  it('on a document that is nested ten thousand deep', () => {
    const text = `${'{"error":'.repeat(7_000)}1${'}'.repeat(7_000)}`;
    expectFailure(classify({ status: 500, body: text }));
    expectFailure(classify({ status: 500, body: '['.repeat(60_000) }));
  });

  it('when its clock does', () => {
    const failure = classify({ status: 503 }, { now: refuse });
    expectFailure(failure);
  });
});

describe('a failure', () => {
  it('cannot be changed by whoever sees it', () => {
    for (const value of [{ status: 500 }, new Error('x'), { code: 'ECONNRESET' }, revokedProxy()]) {
      expect(Object.isFrozen(classify(value))).toBe(true);
    }
  });
});
