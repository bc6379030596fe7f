import type { TokenIdentity } from '../options/options.ts';
import { sha256 } from '../runtime.ts';
import type { CallSpec } from './call.ts';
import { identityKey, identityOf } from './token.ts';

/** The current token of one identity for one API of one host. */
export interface TokenEntry {
  /** The host and the API that the token is for. */
  readonly scope: string;
  readonly identity: TokenIdentity | undefined;
  token: string | undefined;
  /** {@link TokenRefresher.renewals} when the token was stored, itself included. */
  renewedAt: number;
}

/** How many tokens and identities are remembered; beyond that, the oldest is forgotten. */
const MAX_ENTRIES = 2_000;

/**
 * The current tokens, by identity and by the hash of each token that they replaced. The replaced tokens
 * themselves are not kept.
 */
export class TokenStore {
  readonly #entries = new Map<string, TokenEntry>();

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  /** The current token that replaced this one; undefined if it was not replaced. */
  replacementOf(call: CallSpec, token: string): string | undefined {
    const key = tokenKey(scopeOf(call), token);
    const current = key && this.#entries.get(key)?.token;
    return current === token ? undefined : current;
  }

  /**
   * The entry for the identity of a refused token.
   *
   * @param token - undefined for a function, which sends its token itself
   */
  entryOf(call: CallSpec, token: string | undefined): TokenEntry {
    const scope = scopeOf(call);
    const hashed = token === undefined ? undefined : tokenKey(scope, token);
    const known = hashed && this.#entries.get(hashed);
    if (known) return known;
    const identity = token === undefined ? undefined : identityOf(token);
    // A token that does not say whose it is has its own entry.
    const key = identity === undefined ? (hashed ?? scope) : `${scope} ${identityKey(identity)}`;
    const entry = this.#entries.get(key) ?? { scope, identity, token: undefined, renewedAt: 0 };
    this.#remember(key, entry);
    if (hashed !== undefined) this.#remember(hashed, entry);
    return entry;
  }

  renew(entry: TokenEntry, token: string, renewedAt: number): void {
    entry.token = token;
    entry.renewedAt = renewedAt;
    const key = tokenKey(entry.scope, token);
    if (key !== undefined) this.#remember(key, entry);
  }

  #remember(key: string, entry: TokenEntry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= MAX_ENTRIES) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

/** A token is for one API of one host. */
function scopeOf({ host = '', operation }: CallSpec): string {
  return `${host.toLowerCase()} ${operation.family ?? ''}`;
}

/** Undefined in a runtime without a hash function, which does not remember tokens. */
function tokenKey(scope: string, token: string): string | undefined {
  const hash = sha256(token);
  return hash && `${scope} ${hash}`;
}
