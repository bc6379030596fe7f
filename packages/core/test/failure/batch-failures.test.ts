import { describe, expect, it } from 'vitest';
import { batchedResponses, failuresOf } from '../../src/failure/batch-failures.ts';
import { revokedProxy } from './support.ts';

const NOW = Date.UTC(2026, 10, 24, 5, 38);
const error = { code: 'Forbidden', message: 'x' };

describe('failuresOf', () => {
  it('gives the failures of a batch by the ID of their request', () => {
    const failures = failuresOf(
      {
        responses: [
          { id: '1', status: 200, headers: {}, body: { value: [] } },
          { id: '2', status: 403, headers: { 'request-id': 'h' }, body: { error } },
          { id: '3', status: 399 },
          { id: '4', status: 400 },
          {
            id: '5',
            status: 429,
            headers: { 'Retry-After': 'Tue, 24 Nov 2026 05:38:10 GMT' },
          },
        ],
      },
      { now: () => NOW },
    );
    expect([...failures.keys()]).toEqual(['2', '4', '5']);
    expect(failures.get('2')).toMatchObject({ code: 'Forbidden', trackingId: 'h' });
    expect(failures.get('4')).toMatchObject({ code: 'Http400', status: 400 });
    expect(failures.get('5')).toMatchObject({ code: 'Http429', retryAfterMs: 10_000 });
  });

  it('goes by the real time unless another is given', () => {
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    const document = {
      responses: [{ id: '1', status: 503, headers: { 'retry-after': later } }],
    };
    for (const failures of [failuresOf(document), failuresOf(document, {})]) {
      const ms = failures.get('1')?.retryAfterMs ?? 0;
      expect(ms).toBeGreaterThan(3_500_000);
      expect(ms).toBeLessThanOrEqual(3_600_000);
    }
  });

  it('does not mind options that are null', () => {
    const failures: unknown = Reflect.apply(failuresOf, undefined, [
      [{ id: '1', status: 500 }],
      null,
    ]);
    expect(failures).toHaveProperty('size', 1);
  });

  it('takes the list that some clients give in place of the document', () => {
    expect([...failuresOf([{ id: 'a', status: 500 }]).keys()]).toEqual(['a']);
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'responses'],
    ['a document of another kind', { value: [] }],
    ['responses that are no list', { responses: { 0: { id: '1', status: 500 } } }],
    ['a response without an ID', { responses: [{ status: 500 }] }],
    ['an ID that is a number', { responses: [{ id: 1, status: 500 }] }],
    ['a status that is a text', { responses: [{ id: '1', status: '500' }] }],
    ['a response that is a function', [Object.assign(() => 0, { id: '1', status: 500 })]],
    ['responses that are nothing', { responses: [null, 7, undefined, revokedProxy()] }],
    ['a revoked proxy', { responses: revokedProxy() }],
  ])('finds no failure in %s', (_, document) => {
    expect(failuresOf(document).size).toBe(0);
    expect(batchedResponses(document)).toEqual([]);
  });

  it('looks at a thousand responses at most', () => {
    const responses = Array.from({ length: 1_001 }, (_, id) => ({ id: `${id}`, status: 500 }));
    const failures = failuresOf({ responses });
    expect([failures.size, failures.has('999'), failures.has('1000')]).toEqual([
      1_000,
      true,
      false,
    ]);
  });
});

it('gives each response of a batch with its headers and its body', () => {
  const response = { id: '1', status: 200, headers: { a: 'b' }, body: { value: [1] } };
  expect(batchedResponses({ responses: [{ ...response, more: 1 }] })).toEqual([response]);
});
