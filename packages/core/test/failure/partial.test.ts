import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/failure/attach.ts';
import { classify } from '../../src/failure/classify.ts';
import type { Failure, ProviderFailure } from '../../src/failure/failure.ts';
import { attachPartial } from '../../src/failure/partial.ts';
import { containing, revokedProxy } from './support.ts';

function partialOf(warning: string | readonly string[], more: object = {}): Failure | undefined {
  const response = { status: 206, headers: { warning, ...more } };
  attachPartial(response);
  return failureOf(response);
}

const provider = (
  vendor: string,
  name: string,
  status: number,
  latencyMs: number,
): ProviderFailure => ({ vendor, provider: name, status, latencyMs });

describe('a partial response', () => {
  it('names a provider without access, and says what to check', () => {
    const failure = partialOf('199 - "Microsoft/WDATP/401/228"', { 'request-id': 'id-1' });
    expect(failure).toEqual({
      code: 'Http206',
      status: 206,
      trackingId: 'id-1',
      verdict: 'terminal',
      source: 'api',
      partial: [provider('Microsoft', 'WDATP', 401, 228)],
      advice: containing('results of Microsoft/WDATP (401). A 401 or 403 means'),
    });
    expect(failure?.message).toBe('');
    expect(Object.isFrozen(failure)).toBe(true);
  });

  it('names those that can be asked again, and says so', () => {
    expect(
      partialOf(['199 - "Contoso, Inc./Edge (EU)/504/10000.5"', '199 - "Microsoft/ASC/429/3"']),
    ).toEqual({
      code: 'Http206',
      status: 206,
      verdict: 'retryable',
      source: 'api',
      partial: [
        provider('Contoso, Inc.', 'Edge (EU)', 504, 10_000),
        provider('Microsoft', 'ASC', 429, 3),
      ],
      advice: containing(
        'Contoso, Inc./Edge (EU) (504), Microsoft/ASC (429). Send the request again',
      ),
    });
  });

  it('is not worth another request where one provider refuses for good', () => {
    const failure = partialOf('199 - "Microsoft/ASC/503/3", 199 - "Microsoft/WDATP/403/9"');
    expect(failure?.verdict).toBe('terminal');
    expect(failure?.advice).toContain('ASC (503), Microsoft/WDATP (403). A 401 or 403 means');
  });

  it('is a success all the same', () => {
    const response = { status: 206, headers: { warning: '199 - "Microsoft/WDATP/401/228"' } };
    attachPartial(response);
    expect(classify(response)).toBeUndefined();
  });

  it('names 20 providers at most', () => {
    const warning = Array.from({ length: 21 }, (_, index) => `199 - "v/p${index}/503/1"`);
    const names = partialOf(warning.join(', '))?.partial?.map((one) => one.provider);
    expect(names).toEqual(Array.from({ length: 20 }, (_, index) => `p${index}`));
  });

  it.each<[string, unknown]>([
    ['a download', { status: 206, headers: { 'content-range': 'bytes 0-1/2' } }],
    ['another warning', { status: 206, headers: { warning: '299 - "Microsoft/WDATP/401/228"' } }],
    ['no headers', { status: 206 }],
    ['no response', { headers: { warning: '199 - "Microsoft/WDATP/401/228"' } }],
    ['a revoked proxy', revokedProxy()],
    ['null', null],
    ['a text', '199 - "Microsoft/WDATP/401/228"'],
    ['a function', () => undefined],
  ])('is not what %s is', (_, response) => {
    attachPartial(response);
    expect(failureOf(response)).toBeUndefined();
  });
});
