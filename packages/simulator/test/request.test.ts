import { describe, expect, it } from 'vitest';
import { canonicalUrl, functionArguments } from '../src/request.ts';

describe('a URL in the router’s eyes', () => {
  it.each([
    ['/api/v1.0/machines/x', '/api/machines/x'],
    ["/api/alerts('a_1')?x=('b')", "/api/alerts/a_1?x=('b')"],
    ['/api/alerts(%27a%27)/machine', '/api/alerts/a/machine'],
    ["/api/machines/findbyip(ip='10.0.0.1',timestamp=2026)", '/api/machines/findbyip'],
    ['/v1.0/security/microsoft.graph.security.runHuntingQuery', '/v1.0/security/runHuntingQuery'],
    ['/api/users/o(x)', '/api/users/o(x)'],
  ])('%s is %s', (url, canonical) => {
    expect(canonicalUrl(url)).toBe(canonical);
  });
});

describe('a function’s arguments', () => {
  it.each([
    ["/x/find(a='1',b=2 , c='=')", { a: '1', b: '2', c: '=' }],
    ['/x/find(a=%271%27)', { a: '1' }],
    ['/x/find(a)', {}],
    ['/x/find', {}],
    ['/%zz/find(a=1)', { a: '1' }],
  ])('of %s', (path, expected) => {
    expect(functionArguments(path)).toEqual(expected);
  });
});
