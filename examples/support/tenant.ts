import { ClientSecretCredential } from '@azure/identity';
import { createResilience, failureOf } from '@defender-resilience/core';
import { field } from './json.ts';
import { fetchWhole } from './whole-body.ts';

/** The address and the scope of an API: a token for Graph is not valid for Defender, nor the other way round. */
export interface Api {
  readonly url: string;
  readonly scope: string;
}

export const DEFENDER_XDR: Api = {
  url: 'https://api.security.microsoft.com',
  scope: 'https://api.security.microsoft.com/.default',
};

export const GRAPH: Api = {
  url: 'https://graph.microsoft.com',
  scope: 'https://graph.microsoft.com/.default',
};

/** The address of a tenant's API, and how to get a token for it. */
export interface Tenant {
  readonly baseUrl: string;
  /** The length of a quota's minute, in milliseconds; shorter in a simulator. @defaultValue 60,000 */
  readonly minuteMs?: number;
  getToken(): Promise<string>;
}

/**
 * The tenant that the environment names: `DEFENDER_BASE_URL` with `DEFENDER_TOKEN`, or with an Entra
 * app in `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`. `DEFENDER_TOKEN_URL` replaces Entra's token
 * endpoint, for example with a simulator's. Undefined if the environment names no tenant.
 *
 * @throws Error that says which variable is missing or invalid
 */
export function tenantFrom(env: NodeJS.ProcessEnv, api: Api = DEFENDER_XDR): Tenant | undefined {
  const { DEFENDER_BASE_URL, DEFENDER_TOKEN } = env;
  if (DEFENDER_BASE_URL === undefined) {
    if (DEFENDER_TOKEN === undefined) return undefined;
    throw new Error(
      `DEFENDER_TOKEN is set, but DEFENDER_BASE_URL is not. Set it to ${api.url}, or to your region’s host.`,
    );
  }
  if (!URL.canParse(DEFENDER_BASE_URL)) {
    throw new Error(
      `DEFENDER_BASE_URL is not a URL. Set it to ${api.url}, or to your region’s host.`,
    );
  }
  return { baseUrl: DEFENDER_BASE_URL.replace(/\/+$/, ''), getToken: tokenSource(env, api) };
}

function tokenSource(env: NodeJS.ProcessEnv, { scope }: Api): Tenant['getToken'] {
  const { DEFENDER_TOKEN, DEFENDER_TOKEN_URL, AZURE_TENANT_ID } = env;
  const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = env;
  if (DEFENDER_TOKEN !== undefined) return () => Promise.resolve(DEFENDER_TOKEN);
  if (clientId !== undefined && clientSecret !== undefined) {
    if (DEFENDER_TOKEN_URL !== undefined) {
      return () => requestToken(DEFENDER_TOKEN_URL, { clientId, clientSecret, scope });
    }
    if (AZURE_TENANT_ID !== undefined) {
      const credential = new ClientSecretCredential(AZURE_TENANT_ID, clientId, clientSecret);
      return async () => (await credential.getToken(scope)).token;
    }
  }
  throw new Error(
    'DEFENDER_BASE_URL is set, but there is no way to get a token. Set DEFENDER_TOKEN, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
  );
}

/** The credentials of an app. */
export interface AppCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

const { execute } = createResilience();

/** Gets a token with client credentials. */
export async function requestToken(
  url: string,
  { clientId, clientSecret, scope }: AppCredentials,
): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, scope };
  const body = new URLSearchParams({ ...form, client_secret: clientSecret });
  const response = await execute('token', ({ signal }) =>
    fetchWhole(url, { method: 'POST', body, signal }),
  );
  const failure = failureOf(response);
  if (failure !== undefined) {
    throw new Error(`No token: ${failure.message || failure.code} ${failure.advice ?? ''}`);
  }
  const token = field(await response.json(), 'access_token');
  if (typeof token === 'string') return token;
  throw new Error(`The response of ${url} has no token`);
}
