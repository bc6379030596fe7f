import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedPlace, plainPlace } from '../../../src/clients/shared/place.ts';

const ORIGIN = 'https://api.security.microsoft.com';
parsedPlace(new URL(`${ORIGIN}/api/incidents`));

describe('the place of a URL', () => {
  it('is read without parsing once its origin was seen', () => {
    expect(plainPlace(`${ORIGIN}/api/incidents/7?$top=5#x`)).toEqual({
      host: 'api.security.microsoft.com',
      path: '/api/incidents/7',
    });
    expect(plainPlace('https://not-seen.example/api/incidents')).toBeUndefined();
    expect(plainPlace(`${ORIGIN}.evil.example/api/incidents`)).toBeUndefined();
    expect(plainPlace(`${ORIGIN}:8443/api/incidents`)).toBeUndefined();
  });

  it.each([
    '/api/../login',
    '/api/./incidents',
    '/api/%2e%2e/login',
    '/api\\incidents',
    '/api/in cidents',
    '/api/\tincidents',
    '/api/incidents ',
    '/api/“quoted”',
  ])('is left to the parser for %j', (path) => {
    expect(plainPlace(ORIGIN + path)).toBeUndefined();
  });

  it('is what the parser says, whatever follows the origin', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '?',
      '#',
      '\\',
      '@',
      ':',
      ' ',
      '\n',
      'é',
      'a',
    );
    const tail = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(tail, (pieces) => {
        const text = `${ORIGIN}/${pieces.join('')}`;
        const place = plainPlace(text);
        if (place === undefined) return;
        const { host, pathname } = new URL(text);
        expect(place).toEqual({ host, path: pathname });
      }),
      { numRuns: 2_000 },
    );
  });
});
