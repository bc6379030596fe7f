import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { expectFailure, revokedProxy } from './support.ts';

const refuse = (): never => {
  throw new Error('no');
};

const HOSTILE: ProxyHandler<object> = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
);

describe('classify never throws', () => {
  it.each<[string, object]>([
    ['a revoked proxy', revokedProxy()],
    ['a proxy that refuses everything', new Proxy({}, HOSTILE)],
    ['a proxy of an error that refuses everything', new Proxy(new Error('x'), HOSTILE)],
    ['a statusCode that throws', Object.defineProperty({}, 'statusCode', { get: refuse })],
    ['a message that throws', Object.defineProperty({}, 'message', { get: refuse })],
    ['a code that throws', Object.defineProperty({}, 'code', { get: refuse })],
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

  it('when one property does, and goes by the others', () => {
    const thrown = Object.defineProperty({ code: 'ECONNRESET' }, 'message', { get: refuse });
    expect(classify(thrown)).toMatchObject({ code: 'ECONNRESET', message: '' });
  });

  it('when a body document throws in every place', () => {
    const document = new Proxy({}, { get: refuse });
    expect(classify({ status: 503, body: document })).toMatchObject({ code: 'Http503' });
    expect(classify({ status: 503, body: { error: document } })).toMatchObject({ code: 'Http503' });
  });

  it('when a list in it cannot be read, and goes by the rest', () => {
    const proxy = revokedProxy();
    const headers = { 'request-id': 'r', 'retry-after': proxy, date: [proxy] };
    expect(classify({ status: 503, headers })).toMatchObject({ code: 'Http503', trackingId: 'r' });
    const body = { error: 'invalid_client', error_description: 'x', error_codes: proxy };
    expect(classify({ status: 400, body })).toMatchObject({ code: 'invalid_client' });
    const errors = Object.assign(new Error('x'), { code: 'ECONNRESET', errors: proxy });
    expect(classify(errors)).toMatchObject({ code: 'ECONNRESET', ambiguous: true });
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
