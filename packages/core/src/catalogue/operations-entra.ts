import type { Operation } from './entry.ts';

/**
 * The hosts of Entra's token endpoint, for all national clouds and with their older names, as MSAL and
 * https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud list them.
 */
const LOGIN_HOSTS: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'sts.windows.net',
  // US government: GCC High and DoD.
  'login.microsoftonline.us',
  'login.usgovcloudapi.net',
  'login-us.microsoftonline.com',
  // China.
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  // Germany, retired.
  'login.microsoftonline.de',
]);

/** MSAL's regional endpoints, such as `westus.login.microsoft.com`. */
const REGIONAL = /^[a-z0-9-]+\.(?:r\.)?login\.(?:microsoft|microsoftonline)\.(?:com|us|cn)$/;

/**
 * A request for a token at Entra's token endpoint. It can be repeated, because a second token does no harm.
 * Not in `operations`, which lists the operations of the Defender APIs.
 */
export const tokenOperation: Operation = Object.freeze({
  name: 'entra.token',
  method: 'POST',
  route: '/{tenant}/oauth2/v2.0/token',
  quotaGroup: 'entra.token',
  idempotent: true,
  docs: 'https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow',
});

const TOKEN_PATH = /^\/+[^/?#]+\/+oauth2\/+(?:v2\.0\/+)?token\/*(?:[?#]|$)/i;

/** Whether a host issues tokens. Never a host of the APIs, so no API token is sent to it. */
export function isLoginHost(host: string): boolean {
  return LOGIN_HOSTS.has(host) || REGIONAL.test(host);
}

/** Whether a request asks for a token, by its method and path. */
export function isTokenRequest(method: string, path: string): boolean {
  return method.toUpperCase() === 'POST' && TOKEN_PATH.test(path);
}
