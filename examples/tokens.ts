// A new token after a 401, from a credential of @azure/identity. Runs on its own, against a simulated Defender API and
// with a credential that makes up its tokens:
//
//   node --conditions=@defender-resilience/source examples/tokens.ts
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { createResilience, type RefreshToken } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

// #region recipe
const SCOPES = {
  xdr: 'https://api.security.microsoft.com/.default',
  mde: 'https://api.securitycenter.microsoft.com/.default',
  graph: 'https://graph.microsoft.com/.default',
};

/** With `new DefaultAzureCredential()`, or any other credential of @azure/identity. */
function refreshWith(credential: TokenCredential): RefreshToken {
  return ({ family = 'xdr', claims, signal }) =>
    credential.getToken(SCOPES[family], { abortSignal: signal, ...(claims && { claims }) });
}
// #endregion

/** Stands in for a real credential. Like those, it keeps its token until it is asked for claims. */
class LocalCredential implements TokenCredential {
  #issued = 1;

  getToken(_scope: string | string[], { claims }: GetTokenOptions = {}): Promise<AccessToken> {
    if (claims !== undefined) {
      this.#issued += 1;
      console.log(`A new token with ${claims}`);
    }
    const expiresOnTimestamp = Date.now() + 3_600_000;
    return Promise.resolve({ token: `token-${this.#issued}`, expiresOnTimestamp });
  }
}

// Stands in for https://api.security.microsoft.com. The user's password was changed, so the service wants a
// token that was issued later: continuous access evaluation.
const claims = btoa('{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}');
const challenge = `Bearer error="insufficient_claims", claims="${claims}"`;
const simulator = await startSimulator({
  script: [{ code: 'Unauthorized', headers: { 'www-authenticate': challenge } }],
});

const credential = new LocalCredential();
const { fetch } = createResilience({
  hosts: { [new URL(simulator.url).host]: 'all' },
  refreshToken: refreshWith(credential),
});

// The program keeps sending the header that it started with.
const { token } = await credential.getToken(SCOPES.xdr);
const headers = { authorization: `Bearer ${token}` };
for (let call = 1; call <= 3; call += 1) {
  const response = await fetch(`${simulator.url}/api/incidents?$top=1`, { headers });
  await response.arrayBuffer();
  console.log(`call ${call}: ${response.status}`);
}
// The simulator shows only the beginning of a token's hash.
console.log(`${simulator.requests.length} requests for 3 calls:`);
for (const request of simulator.requests) console.log(request.headers['authorization']);

await simulator.close();
