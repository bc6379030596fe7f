import type { AsyncLocalStorage } from 'node:async_hooks';
import { familyOfHost } from '../catalogue/hosts.ts';
import { TIME_UP, within } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { RefreshContext, RefreshToken, Settings } from '../options/options.ts';
import { asyncLocalStorage } from '../runtime.ts';
import type { CallSpec, ClientCall } from './call.ts';
import type { Pipeline } from './pipeline.ts';
import { bearerTokenOf, mistakeIn, type ReadToken, readToken } from './token.ts';
import { type TokenEntry, TokenStore } from './token-store.ts';

/** The part of a call that concerns its token. */
export type TokenCall = CallSpec & Pick<ClientCall<unknown>, 'sentAuthorization'>;

/** A 401 that a new token may fix. */
export interface RefusedToken {
  readonly call: TokenCall;
  readonly failure: Failure;
  /** The token that was refused; undefined for a function, which sends its token itself. */
  readonly token: string | undefined;
  /** {@link TokenRefresher.renewals} when the attempt was sent. */
  readonly renewalsBefore: number;
  readonly deadlineAt: number;
}

interface PendingRefresh {
  readonly token: Promise<string | undefined>;
  readonly controller: AbortController;
  waiters: number;
}

/** Reports that `refreshToken` threw or returned something invalid. */
export type RefreshReport = Pick<Pipeline, 'reportError' | 'reportMistake'>;

const MAX_SCOPES = 100;
/**
 * Two tokens that are refused within this time belong to different identities: one identity's next token is not
 * refused so soon.
 */
const AT_ONCE_MS = 60_000;

/**
 * Asks `refreshToken` for a new token after a 401, once for all calls of the same identity that were refused
 * together. A token is sent only to the host and API for which it was requested, replacing a bearer token that
 * was refused there. Replaced tokens are remembered by their hash, so that a caller with a stale token in its
 * headers does not cause a 401 in each call.
 */
export class TokenRefresher {
  /** How many tokens `refreshToken` has returned. */
  renewals = 0;
  readonly #refresh: RefreshToken;
  readonly #settings: Settings;
  readonly #report: RefreshReport;
  readonly #store = new TokenStore();
  readonly #pending = new Map<TokenEntry, PendingRefresh>();
  /** The latest refused token of each scope that does not say whose it is. */
  readonly #lastUnknown = new Map<string, { readonly entry: TokenEntry; readonly at: number }>();
  /** Has a value in everything that `refreshToken` calls. */
  #running: AsyncLocalStorage<true> | undefined = undefined;

  constructor(refresh: RefreshToken, settings: Settings, report: RefreshReport) {
    this.#refresh = refresh;
    this.#settings = settings;
    this.#report = report;
  }

  /** The replacement for the call's token; undefined if it was not replaced. */
  replacementFor(call: TokenCall): string | undefined {
    if (this.#store.empty) return undefined;
    return this.replacementOf(call, call.sentAuthorization?.());
  }

  /** Like {@link replacementFor}, for a header that only the client's own handlers add. */
  replacementOf(call: CallSpec, authorization: string | undefined): string | undefined {
    const token = this.#store.empty ? undefined : bearerTokenOf(authorization);
    return token && this.#store.replacementOf(call, token);
  }

  /** Whether to request a new token after a 401 to a request with this header. */
  accepts(call: TokenCall, authorization: string | undefined): boolean {
    const { host, sentAuthorization } = call;
    if (host !== undefined && familyOfHost(host, this.#settings.hosts) === undefined) return false;
    if (sentAuthorization !== undefined && bearerTokenOf(authorization) === undefined) return false;
    if (this.#running?.getStore() === undefined) return true;
    this.#mistake(
      `refreshToken called ${call.name} through the wrapper that it gets tokens for, and got a 401: it cannot wait for itself. Use a client that is not wrapped.`,
    );
    return false;
  }

  /** A token newer than the refused one; undefined if there is none in time. */
  async renew(refused: RefusedToken, signal: AbortSignal | undefined): Promise<string | undefined> {
    const entry = this.#store.entryOf(refused.call, refused.token);
    const isNew = entry.renewedAt > refused.renewalsBefore && entry.token !== refused.token;
    const current = this.#pending.get(entry);
    if (isNew && current === undefined) return entry.token;
    const pending = current ?? this.#start(entry, refused);
    pending.waiters += 1;
    try {
      const { clock } = this.#settings;
      const token = await within(clock, refused.deadlineAt - clock.now(), pending.token, signal);
      return token === TIME_UP || token === refused.token ? undefined : token;
    } finally {
      pending.waiters -= 1;
      // Nobody waits for it any more: the next 401 starts a new refresh.
      if (pending.waiters === 0 && this.#forget(entry, pending)) pending.controller.abort();
    }
  }

  #start(entry: TokenEntry, refused: RefusedToken): PendingRefresh {
    this.#warnOfSecondIdentity(entry, refused);
    const controller = new AbortController();
    const token = this.#ask(entry, refused, controller);
    const pending: PendingRefresh = { token, controller, waiters: 0 };
    this.#pending.set(entry, pending);
    void token.then(() => this.#forget(entry, pending));
    return pending;
  }

  /** Gets a token from `refreshToken`. Never rejects. */
  async #ask(
    entry: TokenEntry,
    refused: RefusedToken,
    controller: AbortController,
  ): Promise<string | undefined> {
    const { signal } = controller;
    const { attemptTimeoutMs } = refused.call.limits;
    let read: ReadToken;
    try {
      const answer = this.#callRefresh(refreshContext(refused, entry, signal));
      // A refresh may take no longer than an attempt, however many calls wait for it.
      const returned = await within(this.#settings.clock, attemptTimeoutMs, answer, signal);
      if (returned === TIME_UP) {
        this.#mistake(`refreshToken did not settle within ${attemptTimeoutMs} ms`);
        controller.abort();
        return undefined;
      }
      read = readToken(returned);
    } catch (error) {
      if (!signal.aborted) this.#report.reportError(error, HOOK);
      return undefined;
    }
    const mistake =
      'token' in read ? mistakeIn(read.token, refused.token, entry.identity) : read.mistake;
    if (mistake !== undefined) this.#mistake(mistake);
    return 'token' in read && mistake === undefined ? this.#renewed(entry, read.token) : undefined;
  }

  #renewed(entry: TokenEntry, token: string): string {
    this.renewals += 1;
    this.#store.renew(entry, token, this.renewals);
    return token;
  }

  /** Calls `refreshToken` in a context that marks it, so that its own calls do not trigger another refresh. */
  async #callRefresh(context: RefreshContext): Promise<unknown> {
    const Storage = this.#running === undefined ? asyncLocalStorage() : undefined;
    if (Storage !== undefined) this.#running = new Storage();
    const refresh = this.#refresh;
    return this.#running === undefined
      ? refresh(context)
      : this.#running.run(true, () => refresh(context));
  }

  #mistake(message: string): void {
    this.#report.reportMistake(message, HOOK);
  }

  /** Removes a pending refresh. Returns whether it was still there. */
  #forget(entry: TokenEntry, pending: PendingRefresh): boolean {
    if (this.#pending.get(entry) !== pending) return false;
    this.#pending.delete(entry);
    // In Node 22, an asynchronous context slows down the whole process once it was entered.
    if (this.#pending.size === 0) this.#running?.disable();
    return true;
  }

  /** If the token does not say whose it is, `refreshToken` cannot know whose token to return. */
  #warnOfSecondIdentity(entry: TokenEntry, { token }: RefusedToken): void {
    if (token === undefined || entry.identity !== undefined) return;
    const now = this.#settings.clock.now();
    const last = this.#lastUnknown.get(entry.scope);
    if (this.#lastUnknown.size >= MAX_SCOPES) this.#lastUnknown.clear();
    this.#lastUnknown.set(entry.scope, { entry, at: now });
    if (last === undefined || last.entry === entry || now - last.at > AT_ONCE_MS) return;
    this.#mistake(
      'Two tokens that do not say whose they are were refused at about the same time. refreshToken cannot know which of them to replace: create one wrapper for each identity.',
    );
  }
}

const HOOK = 'refreshToken';

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
