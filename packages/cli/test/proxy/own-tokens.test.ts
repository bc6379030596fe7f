import { expect, it } from 'vitest';
import { OwnTokens } from '../../src/proxy/own-tokens.ts';
import { cli } from '../support.ts';
import { proxyTo, simulator } from './support.ts';

it("sends tokens of the proxy's own, renews a refused one, and refuses a client's", async () => {
  const service = await simulator({ requireToken: true });
  let issued = 0;
  const getToken = async (): Promise<string> => {
    issued += 1;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'proxy',
      client_secret: 'secret',
      scope: 'https://api.security.microsoft.com/.default',
    });
    const response = await fetch(service.tokenUrl, { method: 'POST', body });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const { host } = new URL(service.url);
  const { url } = await proxyTo(service.url, {
    tokens: new OwnTokens(new Map([[host, getToken]])),
  });
  const status = async (init?: RequestInit): Promise<number> =>
    (await fetch(`${url}/api/incidents`, init)).status;
  expect([await status(), await status(), issued]).toEqual([200, 200, 1]);
  service.expireTokens();
  expect([await status(), await status(), issued]).toEqual([200, 200, 2]);
  expect(await status({ headers: { authorization: 'Bearer stolen' } })).toBe(400);
});

it('answers 502 without a token, and asks for one again', async () => {
  const service = await simulator({ requireToken: true });
  const { host } = new URL(service.url);
  const getToken = () => Promise.reject(new Error('canary-secret'));
  const { url } = await proxyTo(service.url, {
    tokens: new OwnTokens(new Map([[host, getToken]])),
  });
  const response = await fetch(`${url}/api/incidents`);
  expect(response.status).toBe(502);
  expect(await response.text()).not.toContain('canary-secret');
  expect(service.count({ operation: 'incidents.list' })).toBe(0);
});

it('lends its tokens to nobody on another machine, and to no other host', async () => {
  const env = { DEFENDER_TOKEN: 'a.b.c' };
  const open = await cli(['proxy', '--credentials', '--listen', '0.0.0.0:0'], { env });
  expect(open).toMatchObject({ code: 2 });
  expect(open.err).toContain('0.0.0.0');
  const other = await cli(['proxy', '--credentials', '--upstream', 'evil.example'], { env });
  expect(other).toMatchObject({ code: 2 });
  expect(other.err).toMatch(/evil\.example\s+is\s+not\s+one/);
});
