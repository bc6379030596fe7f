import type { RefreshContext, RefreshToken } from '../options/options.ts';

interface Known {
  generation: number;
  pending: Promise<string | undefined> | undefined;
  token: string | undefined;
}

const MAX_HOSTS = 100;

/**
 * Asks for a new token once, however many calls were refused at the same time, and for each host
 * apart: the tokens of the API families are not interchangeable.
 */
export class TokenRefresher {
  readonly #refresh: RefreshToken;
  readonly #hosts = new Map<string, Known>();

  constructor(refresh: RefreshToken) {
    this.#refresh = refresh;
  }

  /** What an attempt notes when it is sent, to tell later whether its token was renewed meanwhile. */
  generation(host: string | undefined): number {
    return this.#hosts.get(host ?? '')?.generation ?? 0;
  }

  /** A token newer than that of `sentIn`. Rejects with what `refreshToken` threw. */
  async renew(context: RefreshContext, sentIn: number): Promise<string | undefined> {
    const known = this.#known(context.host ?? '');
    if (known.generation > sentIn && known.pending === undefined) return known.token;
    known.pending ??= this.#ask(known, context);
    return known.pending;
  }

  async #ask(known: Known, context: RefreshContext): Promise<string | undefined> {
    try {
      known.token = await this.#refresh(context);
      known.generation += 1;
      return known.token;
    } finally {
      known.pending = undefined;
    }
  }

  #known(host: string): Known {
    let known = this.#hosts.get(host);
    if (known === undefined) {
      if (this.#hosts.size >= MAX_HOSTS) this.#hosts.delete([...this.#hosts.keys()][0] ?? '');
      known = { generation: 0, pending: undefined, token: undefined };
      this.#hosts.set(host, known);
    }
    return known;
  }
}
