import { describe, expect, it } from 'vitest';
import { operationNamed } from '../../src/catalogue/operations.ts';
import { operationFor } from '../../src/catalogue/routes.ts';

const TOKEN = '/contoso.onmicrosoft.com/oauth2/v2.0/token';

describe('a request for a token', () => {
  it.each([
    'login.microsoftonline.com',
    'login.microsoftonline.com:443',
    'LOGIN.microsoftonline.com',
    'login.windows.net',
    'login.microsoft.com',
    'sts.windows.net',
    'login.microsoftonline.us',
    'login.usgovcloudapi.net',
    'login.partner.microsoftonline.cn',
    'login.chinacloudapi.cn',
    'login.microsoftonline.de',
    'westus.login.microsoft.com',
    'westeurope.r.login.microsoftonline.com',
  ])('to %s can be repeated', (host) => {
    const operation = operationFor({ method: 'POST', host, path: TOKEN });
    expect(operation).toMatchObject({ name: 'entra.token', idempotent: true });
    expect(operation.family).toBeUndefined();
    expect(operationNamed('entra.token')).toBe(operation);
  });

  it.each(['/common/oauth2/token', '/common/OAuth2/V2.0/Token/', `${TOKEN}?slice=testslice`])(
    'has the path %s',
    (path) => {
      const host = 'login.microsoftonline.com';
      expect(operationFor({ method: 'post', host, path }).name).toBe('entra.token');
    },
  );

  it('is known at a simulator too', () => {
    const request = { method: 'POST', host: '127.0.0.1:8080', path: TOKEN };
    expect(operationFor(request, { '127.0.0.1:8080': 'all' }).name).toBe('entra.token');
    expect(operationFor(request, { '127.0.0.1:8080': 'xdr' }).name).toBe('other');
  });

  it.each<[string, string, string]>([
    ['POST', 'login.microsoftonline.com', '/contoso/oauth2/v2.0/devicecode'],
    ['GET', 'login.microsoftonline.com', TOKEN],
    ['POST', 'login.example.com', TOKEN],
    ['POST', 'login.microsoftonline.com.example.com', TOKEN],
    ['POST', 'evil-login.microsoft.com', TOKEN],
  ])('is not %s %s%s', (method, host, path) => {
    expect(operationFor({ method, host, path })).toMatchObject({ name: host });
  });
});
