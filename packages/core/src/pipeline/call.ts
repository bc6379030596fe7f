import type { Operation } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';

/** The attempt, as the caller's function receives it. */
export interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the time of the attempt or the call is up. Created when
   * it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` returned in this call; absent before that. */
  readonly token?: string;
}

/** The attempt, as the clients of this package receive it. */
export interface AttemptSender extends AttemptContext {
  /** When the attempt's time is up, by the wrapper's clock. It includes reading an error body. */
  readonly endsAt: number;
  /** Aborts the attempt's signal after the attempt has ended: for a body that is still being read. */
  abort(reason: unknown): void;
}

/** The limits of one call. */
export interface Limits {
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  /** Whether the call may be carried out twice. */
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
  /** Whether the request can be sent again; false for a one-shot stream. */
  readonly resendable: boolean;
  /** The call's own priority in its quota's queue; undefined: its operation's. */
  readonly priority?: number | undefined;
}

/** One call of a client: its data, how to send it and how to read its results. */
export interface ClientCall<T> extends CallSpec {
  /** Sends one attempt. What it throws counts as a rejection. */
  send(context: AttemptSender, observed: AttemptFanOut | undefined): PromiseLike<T> | T;
  /** Classifies a value that the client returned; undefined for a success. Never throws. */
  classifyResult(
    value: T,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined;
  /** Classifies a rejection by more than the error itself; undefined: only the error counts. */
  classifyError?(
    error: unknown,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined;
  /**
   * The `Authorization` header of the latest attempt, or of the first attempt before it is sent; undefined if
   * there is none. Clients without this method do not know it: there the caller's function sends the token.
   *
   * @param settled - the value or error of the attempt: after a redirect to another host, the last request did
   * not have the header
   */
  sentAuthorization?(settled?: unknown): string | undefined;
  /** The attempt has ended with a value, which the caller may still be reading long after. Never throws. */
  onResult?(value: T, attempt: AttemptSender): void;
  /** The HTTP status of a value, if it has one. */
  statusOf?(value: T): number | undefined;
  /** Releases a value that nobody will read. Never throws. */
  dispose?(value: T): Promise<void> | void;
  /** More specific advice for a failure, based on the request. */
  bodyAdvice?(failure: Failure): string | undefined;
  /** The error to reject with instead of returning a value that is a failure; undefined: return the value. */
  toError?(value: T, failure: Failure): Error | undefined;
  /** The call has ended: releases everything that was kept for another attempt. Never throws. */
  close?(): void;
}
