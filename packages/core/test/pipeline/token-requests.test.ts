import type { ServerResponse } from 'node:http';
import { failureOf } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { quick, startServer } from '../support/real.ts';

const TRANSIENT = JSON.stringify({
  error: 'temporarily_unavailable',
  error_description: 'AADSTS90033: A transient error has occurred. Please try again.',
  error_codes: [90_033],
});

const refusals: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '503 AADSTS90033': (response) => response.writeHead(503).end(TRANSIENT),
  'a page with 504': (response) => response.writeHead(504).end('<html></html>'),
  'a reset': (response) => response.socket?.resetAndDestroy(),
};

describe.each([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
])('a request for a token to %s', (host) => {
  it.each(Object.entries(refusals))('is sent again after %s', async (_, refuse) => {
    await using server = await startServer((_request, response, count) => {
      if (count === 1) refuse(response);
      else response.end('{"access_token":"x"}');
    });
    // The host's name and path, and a server on loopback.
    const toServer: typeof fetch = (input, init) => {
      const { pathname } = new URL(String(input));
      return fetch(server.url + pathname, init);
    };
    const resilient = quick(server.url).wrapFetch(toServer);
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const url = `https://${host}/contoso/oauth2/v2.0/token`;
    const response = await resilient(url, { method: 'POST', body });
    expect([response.status, server.requests.length]).toEqual([200, 2]);
    expect(failureOf(response)).toBeUndefined();
    await response.text();
  });
});
