// #region credentials
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';

/** The credential that the environment variables are set for. */
export function credentialFrom(env: NodeJS.ProcessEnv): TokenCredential {
  const tenant = env['AZURE_TENANT_ID'];
  const client = env['AZURE_CLIENT_ID'];
  const certificate = env['AZURE_CLIENT_CERTIFICATE_PATH'];
  const secret = env['AZURE_CLIENT_SECRET'];
  if (tenant && client && certificate) {
    return new ClientCertificateCredential(tenant, client, certificate);
  }
  if (tenant && client && secret) return new ClientSecretCredential(tenant, client, secret);
  return new ManagedIdentityCredential(client ? { clientId: client } : {});
}

// #endregion

// #region use
import { createResilience } from '@defender-resilience/core';

const SCOPES = {
  xdr: 'https://api.security.microsoft.com/.default',
  mde: 'https://api.securitycenter.microsoft.com/.default',
  graph: 'https://graph.microsoft.com/.default',
};

/** Lists incidents with the token of a credential. */
export async function listIncidents(credential: TokenCredential): Promise<Response> {
  const { fetch } = createResilience({
    refreshToken: ({ family = 'xdr', claims, signal }) =>
      credential.getToken(SCOPES[family], { abortSignal: signal, ...(claims && { claims }) }),
  });
  const token = await credential.getToken(SCOPES.xdr);
  return fetch('https://api.security.microsoft.com/api/incidents', {
    headers: { authorization: `Bearer ${token?.token}` },
  });
}
// #endregion
