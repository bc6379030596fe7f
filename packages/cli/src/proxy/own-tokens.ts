import type { GetToken } from '../credential.ts';

/** A token is asked for again after this time, in milliseconds: some credentials start a program each time. */
const KEPT_MS = 60_000;

interface Kept {
  readonly token: Promise<string>;
  readonly at: number;
}

/** The proxy's own tokens, by the host that takes them. */
export class OwnTokens {
  readonly #sources: ReadonlyMap<string, GetToken>;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(sources: ReadonlyMap<string, GetToken>, now: () => number = () => performance.now()) {
    this.#sources = sources;
    this.#now = now;
  }

  /**
   * The token for a host; undefined for a host that takes none.
   *
   * @throws what the credential throws; the next call asks it again
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
