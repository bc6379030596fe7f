import { expect, it } from 'vitest';
import { targetOf } from '../../src/call/target.ts';
import { scopeOf, tokenFor } from '../../src/credential.ts';

it.each([
  ['/api/incidents', 'https://api.security.microsoft.com/api/incidents'],
  ['api/advancedhunting/run', 'https://api.security.microsoft.com/api/advancedhunting/run'],
  ['/api/machines?$filter=x', 'https://api.securitycenter.microsoft.com/api/machines?$filter=x'],
  ['/v1.0/security/alerts_v2', 'https://graph.microsoft.com/v1.0/security/alerts_v2'],
  ['/beta/whatever', 'https://graph.microsoft.com/beta/whatever'],
  ['/api/unknown', 'https://api.security.microsoft.com/api/unknown'],
  [
    'https://us.api.security.microsoft.com/api/incidents',
    'https://us.api.security.microsoft.com/api/incidents',
  ],
])('%s is a path of %s', (path, url) => {
  expect(targetOf({ method: path.includes('run') ? 'POST' : 'GET', path }).href).toBe(url);
});

it('adds $top as the service wants it', () => {
  expect(targetOf({ method: 'GET', path: '/api/incidents', top: 5 }).search).toBe('?$top=5');
  expect(targetOf({ method: 'GET', path: '/api/incidents?$skip=5', top: 5 }).search).toBe(
    '?$skip=5&$top=5',
  );
});

it.each([
  ['https://api.security.microsoft.com/', 'https://api.security.microsoft.com/.default'],
  ['https://eu.api.security.microsoft.com/', 'https://api.security.microsoft.com/.default'],
  [
    'https://api-us.securitycenter.microsoft.com/',
    'https://api.securitycenter.microsoft.com/.default',
  ],
  ['https://graph.microsoft.com/', 'https://graph.microsoft.com/.default'],
  ['https://graph.microsoft.us/', 'https://graph.microsoft.us/.default'],
  ['https://graph.microsoft.com.evil.example/', undefined],
  ['http://graph.microsoft.com/', undefined],
  ['https://127.0.0.1/', undefined],
])('the scope of %s is %s', (url, scope) => {
  expect(scopeOf(new URL(url))).toBe(scope);
});

it('takes the token of the environment, which cannot be renewed', async () => {
  const { getToken, isRenewable } = await tokenFor('scope', { DEFENDER_TOKEN: ' token\n' });
  expect([await getToken(), isRenewable]).toEqual(['token', false]);
});
