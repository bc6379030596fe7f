import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOfResponse } from '../../src/clients/shared/response-body.ts';
import { classify } from '../../src/failure/classify.ts';
import { expectFailure } from './support.ts';

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
});
