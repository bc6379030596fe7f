import type { AsyncLocalStorage } from 'node:async_hooks';
import { familyOfHost } from '../catalogue/hosts.ts';
import { sleep } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { RefreshContext, RefreshToken, Settings, TokenIdentity } from '../options/options.ts';
import { asyncLocalStorage, sha256 } from '../runtime.ts';
import type { CallSpec, ClientCall } from './call.ts';
import type { Pipeline } from './pipeline.ts';
import { bearerTokenOf, identityKey, identityOf, readToken } from './token.ts';

/** A call as far as its token is concerned. */
export type TokenCall = CallSpec & Pick<ClientCall<unknown>, 'sentAuthorization'>;

/** A 401 that a new token may fix. */
export interface RefusedToken {
  readonly call: TokenCall;
  readonly failure: Failure;
  /** The token that was refused; undefined for a function, which sends its token itself. */
  readonly token: string | undefined;
  /** {@link TokenRefresher.renewals} when the token was sent. */
  readonly renewalsBefore: number;
  readonly deadlineAt: number;
}

/** The current token of one identity for one API of one host. */
interface TokenEntry {
  /** The host and the API that the token is for. */
  readonly scope: string;
  readonly identity: TokenIdentity | undefined;
  token: string | undefined;
  /** {@link TokenRefresher.renewals} once the token was there. */
  renewedAt: number;
  pending: PendingRefresh | undefined;
}

interface PendingRefresh {
  readonly token: Promise<string | undefined>;
  readonly controller: AbortController;
  waiters: number;
}

/** Where it is reported that `refreshToken` threw, or is not right. */
export type RefreshReport = Pick<Pipeline, 'reportError' | 'reportMistake'>;

/** How many tokens and identities are remembered; beyond that the oldest is forgotten. */
const MAX_ENTRIES = 2_000;

/**
 * Asks `refreshToken` for a new token after a 401, once for all calls of the same identity that were
 * refused together. A token goes only to the host and API it was made for, in the place of a bearer token
 * that was refused there. Which token was replaced is remembered by its hash, so that a caller with a
 * stale token in its headers does not cause a 401 in each call.
 */
export class TokenRefresher {
  /** How many tokens `refreshToken` has returned. */
  renewals = 0;
  readonly #refresh: RefreshToken;
  readonly #settings: Settings;
  readonly #report: RefreshReport;
  /** By identity, and by the hash of each of its tokens. */
  readonly #entries = new Map<string, TokenEntry>();
  readonly #refreshing = new Set<TokenEntry>();
  /** Has a value in what `refreshToken` calls. */
  #running: AsyncLocalStorage<true> | undefined = undefined;

  constructor(refresh: RefreshToken, settings: Settings, report: RefreshReport) {
    this.#refresh = refresh;
    this.#settings = settings;
    this.#report = report;
  }

  /** The token to send in the place of one that was replaced before; undefined where there is none. */
  replacementFor(call: TokenCall): string | undefined {
    return this.#entries.size === 0
      ? undefined
      : this.replacementOf(call, call.sentAuthorization?.());
  }

  /** The same for a header that only the client's own handlers add. */
  replacementOf(call: CallSpec, authorization: string | undefined): string | undefined {
    if (this.#entries.size === 0) return undefined;
    const token = bearerTokenOf(authorization);
    const key = token === undefined ? undefined : tokenKey(scopeOf(call), token);
    const current = key === undefined ? undefined : this.#entries.get(key)?.token;
    return current === token ? undefined : current;
  }

  /** Whether a new token may be asked for where the request with this header was answered with a 401. */
  accepts(call: TokenCall, authorization: string | undefined): boolean {
    const { host, sentAuthorization } = call;
    if (host !== undefined && familyOfHost(host, this.#settings.hosts) === undefined) return false;
    if (sentAuthorization !== undefined && bearerTokenOf(authorization) === undefined) return false;
    if (this.#running?.getStore() === undefined) return true;
    this.#mistake(
      `refreshToken called ${call.name} through the wrapper that it gets tokens for, and was answered 401: it cannot wait for itself. Let it use a client that is not wrapped.`,
    );
    return false;
  }

  /** A token newer than the refused one; undefined if there is none in time. */
  async renew(refused: RefusedToken, signal: AbortSignal | undefined): Promise<string | undefined> {
    const entry = this.#entryOf(refused);
    const isNew = entry.renewedAt > refused.renewalsBefore && entry.token !== refused.token;
    if (isNew && entry.pending === undefined) return entry.token;
    const pending = entry.pending ?? this.#start(entry, refused);
    pending.waiters += 1;
    try {
      const leftMs = refused.deadlineAt - this.#settings.clock.now();
      const token = await this.#within(pending.token, leftMs, signal);
      return token === TIME_UP || token === refused.token ? undefined : token;
    } finally {
      pending.waiters -= 1;
      // Nobody waits for it any more: the next 401 asks anew.
      if (pending.waiters === 0) this.#abandon(entry, pending);
    }
  }

  #entryOf({ call, token }: RefusedToken): TokenEntry {
    const scope = scopeOf(call);
    const hashed = token === undefined ? undefined : tokenKey(scope, token);
    const known = hashed === undefined ? undefined : this.#entries.get(hashed);
    if (known !== undefined) return known;
    const identity = token === undefined ? undefined : identityOf(token);
    // A token that does not say whose it is stands for itself.
    const key = identity === undefined ? (hashed ?? scope) : `${scope} ${identityKey(identity)}`;
    const entry = this.#entries.get(key) ?? newEntry(scope, identity);
    this.#remember(key, entry);
    if (hashed !== undefined) this.#remember(hashed, entry);
    return entry;
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

  #start(entry: TokenEntry, refused: RefusedToken): PendingRefresh {
    this.#warnOfSecondIdentity(entry, refused);
    const controller = new AbortController();
    const token = this.#ask(entry, refused, controller);
    const pending: PendingRefresh = { token, controller, waiters: 0 };
    entry.pending = pending;
    this.#refreshing.add(entry);
    void token.then(() => this.#forget(entry, pending));
    return pending;
  }

  /** Calls `refreshToken`. Never rejects. */
  async #ask(
    entry: TokenEntry,
    refused: RefusedToken,
    controller: AbortController,
  ): Promise<string | undefined> {
    const { signal } = controller;
    const { attemptTimeoutMs } = refused.call;
    let returned: unknown;
    try {
      const answer = this.#callRefresh(refreshContext(refused, entry, signal));
      // However many calls wait for it, a refresh may take no longer than an attempt.
      returned = await this.#within(answer, attemptTimeoutMs, signal);
    } catch (error) {
      if (!signal.aborted) this.#report.reportError(error, HOOK);
      return undefined;
    }
    if (returned === TIME_UP) {
      this.#mistake(`refreshToken did not settle within ${attemptTimeoutMs} ms`);
      controller.abort();
      return undefined;
    }
    const read = readToken(returned);
    const mistake = 'token' in read ? mistakeIn(read.token, refused, entry) : read.mistake;
    if (mistake !== undefined) this.#mistake(mistake);
    return 'token' in read && mistake === undefined ? this.#renewed(entry, read.token) : undefined;
  }

  #renewed(entry: TokenEntry, token: string): string {
    this.renewals += 1;
    entry.renewedAt = this.renewals;
    entry.token = token;
    const key = tokenKey(entry.scope, token);
    if (key !== undefined) this.#remember(key, entry);
    return token;
  }

  /** Notes that `refreshToken` is running, so that its own calls are not refreshed in turn. */
  async #callRefresh(context: RefreshContext): Promise<unknown> {
    const Storage = this.#running === undefined ? asyncLocalStorage() : undefined;
    if (Storage !== undefined) this.#running = new Storage();
    const refresh = this.#refresh;
    return this.#running === undefined
      ? refresh(context)
      : this.#running.run(true, () => refresh(context));
  }

  async #within<T>(
    promise: Promise<T>,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<T | typeof TIME_UP> {
    const over = new AbortController();
    const stop = (): void => over.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const timeUp = sleep(this.#settings.clock, ms, over.signal);
      return await Promise.race([promise, timeUp.then((): typeof TIME_UP => TIME_UP)]);
    } finally {
      signal?.removeEventListener('abort', stop);
      over.abort(undefined);
    }
  }

  #mistake(message: string): void {
    this.#report.reportMistake(message, HOOK);
  }

  #abandon(entry: TokenEntry, pending: PendingRefresh): void {
    if (entry.pending !== pending) return;
    this.#forget(entry, pending);
    pending.controller.abort();
  }

  #forget(entry: TokenEntry, pending: PendingRefresh): void {
    if (entry.pending !== pending) return;
    entry.pending = undefined;
    this.#refreshing.delete(entry);
    // In Node 22, a context that was entered once slows down the whole process.
    if (this.#refreshing.size === 0) this.#running?.disable();
  }

  /** `refreshToken` cannot tell whose token to return where a token does not say whose it is. */
  #warnOfSecondIdentity(entry: TokenEntry, { token }: RefusedToken): void {
    if (token === undefined || entry.identity !== undefined) return;
    for (const { scope, identity } of this.#refreshing) {
      if (scope !== entry.scope || identity !== undefined) continue;
      this.#mistake(
        'Two tokens that do not say whose they are were refused at the same time. refreshToken cannot know which of them to replace: make one wrapper for each identity.',
      );
    }
  }
}

const HOOK = 'refreshToken';
const TIME_UP: unique symbol = Symbol('time is up');

function newEntry(scope: string, identity: TokenIdentity | undefined): TokenEntry {
  return { scope, identity, token: undefined, renewedAt: 0, pending: undefined };
}

/** A token is for one API of one host. */
function scopeOf({ host = '', operation }: CallSpec): string {
  return `${host.toLowerCase()} ${operation.family ?? ''}`;
}

/** Where there is no hash function, tokens are not remembered. */
function tokenKey(scope: string, token: string): string | undefined {
  const hash = sha256(token);
  return hash && `${scope} ${hash}`;
}

function refreshContext(
  { call, failure }: RefusedToken,
  { identity }: TokenEntry,
  signal: AbortSignal,
): RefreshContext {
  const { name: operation, host } = call;
  const { family } = call.operation;
  const claims = failure.values?.['claims'];
  return {
    operation,
    failure,
    signal,
    ...(family === undefined ? {} : { family }),
    ...(host === undefined ? {} : { host }),
    ...(identity === undefined ? {} : { identity }),
    ...(typeof claims === 'string' ? { claims } : {}),
  };
}

/** What is wrong with a token that is one. */
function mistakeIn(token: string, refused: RefusedToken, entry: TokenEntry): string | undefined {
  if (token === refused.token) {
    return 'refreshToken returned the token that was refused: it must ask for a new one, past any cache';
  }
  const identity = entry.identity && identityOf(token);
  if (entry.identity === undefined || identity === undefined) return undefined;
  return identityKey(identity) === identityKey(entry.identity)
    ? undefined
    : 'refreshToken returned the token of another tenant, user or app than the refused one, which is not sent: context.identity says whose token is asked for';
}
