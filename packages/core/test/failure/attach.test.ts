import { describe, expect, it } from 'vitest';
import { attachFailure, failureOf, findRelated } from '../../src/failure/attach.ts';
import { classify, classifyAfresh } from '../../src/failure/classify.ts';
import { AttemptTimeoutError, DefenderApiError } from '../../src/failure/errors.ts';
import type { Failure } from '../../src/failure/failure.ts';
import { anotherCopyOf } from './support.ts';

const FORBIDDEN: Failure = {
  code: 'Forbidden',
  status: 403,
  message: 'what the service said',
  trackingId: 't-1',
  verdict: 'terminal',
  source: 'api',
  advice: 'Ask an administrator.',
};

describe('failureOf', () => {
  it('gives what was noted beside an object, without touching it', () => {
    const error = Object.freeze(new Error('x'));
    attachFailure(error, FORBIDDEN);
    expect(failureOf(error)).toBe(FORBIDDEN);
    expect(classify(error)).toBe(FORBIDDEN);
    expect(Reflect.ownKeys(error)).toEqual(Reflect.ownKeys(Object.freeze(new Error('x'))));
  });

  it('gives the last that was noted, even beside an error with a failure of its own', () => {
    const error = new AttemptTimeoutError({ operation: 'machines.list', timeoutMs: 1 });
    attachFailure(error, FORBIDDEN);
    expect(failureOf(error)).toBe(FORBIDDEN);
  });

  it('gives an error its own failure again where that was noted last', () => {
    const error = new AttemptTimeoutError({ operation: 'machines.list', timeoutMs: 1 });
    attachFailure(error, FORBIDDEN);
    attachFailure(error, error.failure);
    expect(failureOf(error)).toBe(error.failure);
  });

  it.each(['response', 'cause', 'headers', 'body'])(
    'gives what was noted beside the %s of an error',
    (key) => {
      const part = {};
      attachFailure(part, FORBIDDEN);
      expect(failureOf(Object.assign(new Error('x'), { [key]: part }))).toBe(FORBIDDEN);
    },
  );

  it('is passed over where an error is looked at afresh, as one that is thrown again must be', () => {
    const error = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    attachFailure(error, FORBIDDEN);
    expect(classifyAfresh(error)).toMatchObject({ code: 'ECONNRESET', ambiguous: true });
    expect(classifyAfresh(new DefenderApiError(FORBIDDEN))).toBe(FORBIDDEN);
  });

  it('notes nothing beside primitives', () => {
    for (const value of [undefined, null, 7, 'x', true, Symbol('x'), 7n]) {
      attachFailure(value, FORBIDDEN);
      expect(failureOf(value)).toBeUndefined();
    }
  });

  it('knows nothing of what no wrapped call has seen', () => {
    expect(failureOf(new Error('x'))).toBeUndefined();
    expect(failureOf(new Response(null, { status: 500 }))).toBeUndefined();
  });

  it('is shared with other copies of the package', async () => {
    const copy = await anotherCopyOf<typeof import('../../src/failure/attach.ts')>('attach.ts');
    expect(copy.failureOf).not.toBe(failureOf);
    const response = new Response(null, { status: 403 });
    copy.attachFailure(response, FORBIDDEN);
    expect(failureOf(response)).toBe(FORBIDDEN);
  });

  it('looks at the same parts of an error as whoever asks what it carries', () => {
    const response = new Response(null);
    const error = Object.assign(new Error('x'), { response, headers: 'none' });
    const seen: unknown[] = [];
    const look = (object: object): void => void seen.push(object);
    findRelated(error, look);
    findRelated('a text', look);
    expect(seen).toEqual([error, response]);
    expect(findRelated(error, (object) => (object === response ? 7 : undefined))).toBe(7);
  });

  it('keeps its notes out of sight', () => {
    const slot = Symbol.for('@defender-resilience/core/failures');
    expect(Object.getOwnPropertyDescriptor(globalThis, slot)?.enumerable).toBe(false);
  });
});
