import type { Random } from '@defender-resilience/core';
import type { Client } from './quota/quotas.ts';
import { hex } from './random.ts';

/** The API that a token is for; Graph's and Defender's tokens are not interchangeable. */
export type Audience = 'xdr' | 'mde' | 'graph';

/** The APIs by their resource identifiers, without a slash at the end. */
export const AUDIENCES: Readonly<Record<string, Audience>> = {
  'https://api.security.microsoft.com': 'xdr',
  'https://api.securitycenter.microsoft.com': 'mde',
  'https://api.securitycenter.windows.com': 'mde',
  'https://graph.microsoft.com': 'graph',
};

/** The data of an issued token. */
export interface Grant extends Client {
  readonly resource: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Why a call's token is refused. */
export type TokenFault = 'missing' | 'unknown' | 'expired' | 'audience';

/** The client of all calls without a token of the simulator. */
const ANYONE: Client = { tenant: 'contoso.onmicrosoft.com', app: 'anyone' };

/** Limits the memory; beyond it, the oldest token is forgotten. */
const MAX_TOKENS = 10_000;

function issuerOf(tenant: string): string {
  return `https://sts.windows.net/${tenant}/`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** The issued tokens, and the clients that they were issued to. */
export class Tokens {
  readonly #random: Random;
  readonly #grants = new Map<string, Grant>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Issues a token in Entra's format, with readable claims and a meaningless signature. */
  issue(grant: Grant, now: number): string {
    const issuedAt = Math.floor(now / 1000);
    const claims = {
      aud: grant.resource,
      iss: issuerOf(grant.tenant),
      iat: issuedAt,
      nbf: issuedAt,
      exp: Math.floor(grant.expiresAt / 1000),
      appid: grant.app,
      tid: grant.tenant,
      ver: '1.0',
    };
    const signature = hex(this.#random, 64);
    const token = `${encode({ typ: 'JWT', alg: 'none' })}.${encode(claims)}.${signature}`;
    this.#grants.set(token, grant);
    if (this.#grants.size > MAX_TOKENS) this.#forgetOldest();
    return token;
  }

  /** Expires every token that was issued so far. */
  expireAll(): void {
    for (const [token, grant] of this.#grants) {
      this.#grants.set(token, { ...grant, expiresAt: Number.NEGATIVE_INFINITY });
    }
  }

  /** The client of a token. */
  clientOf(authorization: string | undefined): Client {
    return this.#grantOf(authorization) ?? ANYONE;
  }

  /** Why the token is refused; undefined if it is valid. */
  faultOf(
    authorization: string | undefined,
    audience: Audience | undefined,
    now: number,
  ): TokenFault | undefined {
    if (authorization === undefined || authorization === '') return 'missing';
    const grant = this.#grantOf(authorization);
    if (grant === undefined) return 'unknown';
    if (now >= grant.expiresAt) return 'expired';
    return audience === undefined || AUDIENCES[grant.resource] === audience
      ? undefined
      : 'audience';
  }

  /** The claims for the message about a wrong audience. */
  claimsOf(authorization: string | undefined): Readonly<Record<string, string>> {
    const grant = this.#grantOf(authorization);
    if (grant === undefined) return {};
    const { app, resource, tenant, expiresAt } = grant;
    const validity = new Date(expiresAt).toISOString();
    return { appId: app, audience: resource, issuer: issuerOf(tenant), validity };
  }

  #grantOf(authorization: string | undefined): Grant | undefined {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    return token === undefined ? undefined : this.#grants.get(token);
  }

  #forgetOldest(): void {
    for (const token of this.#grants.keys()) {
      this.#grants.delete(token);
      return;
    }
  }
}
