import type { GetToken } from '../credential.ts';

/** How long a token is kept, in milliseconds, because some credentials start a program for each request. */
const KEPT_MS = 60_000;

interface Kept {
  readonly token: Promise<string>;
  readonly at: number;
}

/** The proxy's own tokens, by the host that accepts them. */
export class OwnTokens {
  readonly #sources: ReadonlyMap<string, GetToken>;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(sources: ReadonlyMap<string, GetToken>, now: () => number = () => performance.now()) {
    this.#sources = sources;
    this.#now = now;
  }

  /**
   * The token for a host; undefined for a host that accepts none.
   *
   * @throws the credential's error; the next call asks the credential again
   */
  get(host: string): Promise<string | undefined> {
    const kept = this.#kept.get(host);
    if (kept !== undefined && this.#now() - kept.at < KEPT_MS) return kept.token;
    return this.renew(host);
  }

  /** Asks for a new token, after one was refused. */
  renew(host: string): Promise<string | undefined> {
    const source = this.#sources.get(host);
    if (source === undefined) return Promise.resolve(undefined);
    const token = source();
    this.#kept.set(host, { token, at: this.#now() });
    token.catch(() => this.#kept.delete(host));
    return token;
  }
}
