import { operationFor } from '@defender-resilience/core';
import { CommandError, EXIT } from './exit-codes.ts';

/** Gets a token: a new one, if the last was refused. */
export type GetToken = () => Promise<string>;

const SCOPES: Readonly<Record<string, string>> = {
  xdr: 'https://api.security.microsoft.com/.default',
  mde: 'https://api.securitycenter.microsoft.com/.default',
  graph: 'https://graph.microsoft.com/.default',
};

/**
 * The scope of the tokens that a host accepts.
 *
 * @returns undefined for any other host, to which no token is sent
 */
export function scopeOf({ host, protocol }: URL): string | undefined {
  // The path belongs to no operation, so that the host alone decides.
  const { name, family } = operationFor({ method: 'GET', host, path: '/' });
  if (protocol !== 'https:' || (family === undefined && name !== 'other')) return undefined;
  // Microsoft's public cloud has one scope for all its regions; other clouds have their own hosts.
  const isPublic = /\.microsoft\.com$|\.windows\.com$/.test(host);
  return isPublic ? SCOPES[family ?? 'xdr'] : `https://${host}/.default`;
}

/** Uses DEFENDER_TOKEN, else the default chain of `@azure/identity`, which is loaded only if needed. */
export async function tokenFor(
  scope: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly getToken: GetToken; readonly isRenewable: boolean }> {
  const given = env['DEFENDER_TOKEN']?.trim();
  if (given !== undefined && given !== '') {
    return { getToken: () => Promise.resolve(given), isRenewable: false };
  }
  const { DefaultAzureCredential } = await loadIdentity();
  const credential = new DefaultAzureCredential();
  return { getToken: () => tokenOf(credential, scope), isRenewable: true };
}

interface Credential {
  getToken(scope: string): Promise<{ readonly token: string } | null>;
}

async function tokenOf(credential: Credential, scope: string): Promise<string> {
  try {
    const answer = await credential.getToken(scope);
    if (answer !== null) return answer.token;
  } catch (cause) {
    const first = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw noToken(`@azure/identity got no token for ${scope}: ${first}`, cause);
  }
  throw noToken(`@azure/identity got no token for ${scope}`);
}

async function loadIdentity(): Promise<typeof import('@azure/identity')> {
  try {
    return await import('@azure/identity');
  } catch (cause) {
    throw noToken(
      'no token: DEFENDER_TOKEN is not set, and @azure/identity is not installed',
      cause,
    );
  }
}

function noToken(message: string, cause?: unknown): CommandError {
  return new CommandError(message, {
    hint:
      'Set DEFENDER_TOKEN to an access token, or install @azure/identity next to this program (npm install -g @azure/identity) and ' +
      'sign in with "az login", or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET. --simulate needs none.',
    exitCode: EXIT.usage,
    cause,
  });
}
