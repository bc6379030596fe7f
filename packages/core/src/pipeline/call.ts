import type { Operation } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';

/** What the caller's function receives about the attempt that it makes. */
export interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the attempt's or the call's time is up. Created
   * when it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` returned in this call; absent before. */
  readonly token?: string;
}

/** The attempt as the clients of this package know it. */
export interface AttemptSender extends AttemptContext {
  /** When the attempt's time is up, by the wrapper's clock: reading an error body is part of it. */
  readonly endsAt: number;
  /** Aborts the attempt's signal after the attempt has ended: for a body that is still being read. */
  abort(reason: unknown): void;
}

/** What bounds one call. */
export interface Limits {
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  /** Whether it may be carried out twice. */
  readonly idempotent: boolean;
}

/** The data of one call. */
export interface CallSpec {
  readonly operation: Operation;
  /** The name that observers see: the operation's, or the caller's own. */
  readonly name: string;
  readonly client: ClientKind;
  readonly host: string | undefined;
  readonly request: HttpRequestInfo | undefined;
  readonly signal: AbortSignal | undefined;
  readonly limits: Limits;
  /** Whether what is sent can be sent again; false for a one-shot stream. */
  readonly resendable: boolean;
  /** The call's own priority in the queue of its quota; undefined: its operation's. */
  readonly priority?: number | undefined;
}

/** One call as its client makes it: its data, and how to send it and read its results. */
export interface ClientCall<T> extends CallSpec {
  /** Sends one attempt. What it throws counts as a rejection. */
  send(context: AttemptSender, observed: AttemptFanOut | undefined): PromiseLike<T> | T;
  /** What a value that the client returned says: undefined for a success. Never throws. */
  classifyResult(
    value: T,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined;
  /** What is known about a rejection beyond what it shows itself; undefined: nothing. */
  classifyError?(
    error: unknown,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined;
  /**
   * The `Authorization` header of the latest attempt, before the first of the one to come; undefined if
   * there is none. Clients without this method do not know: there the caller's function sends the token.
   *
   * @param settled - the value or error of the attempt; after a redirect to another host, the request that
   * was answered had no such header
   */
  sentAuthorization?(settled?: unknown): string | undefined;
  /** The attempt has ended with a value, which may still be read for long. Never throws. */
  onResult?(value: T, attempt: AttemptSender): void;
  /** The HTTP status of a value, where it has one. */
  statusOf?(value: T): number | undefined;
  /** Releases a value that nobody will read. Never throws. */
  dispose?(value: T): Promise<void> | void;
  /** A more exact advice for a failure, from what was sent. */
  bodyAdvice?(failure: Failure): string | undefined;
  /** What the call rejects with in place of a value that is a failure; undefined: the value itself. */
  toError?(value: T, failure: Failure): Error | undefined;
  /** The call has ended: releases what was kept for a further attempt. Never throws. */
  close?(): void;
}
