import type { Operation } from '../catalogue/entry.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';

/** What the caller's function is told about the attempt that it makes. */
export interface AttemptContext {
  /** The operation's name. */
  readonly operation: string;
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's own signal does, or when the attempt's or the call's time is up. Made
   * when it is first read.
   */
  readonly signal: AbortSignal;
  /** The token that `refreshToken` gave in this call; absent before. */
  readonly token?: string;
}

/** The same, for the clients of this package. */
export interface AttemptSender extends AttemptContext {
  /** Aborts the attempt's signal after the attempt has ended: for a body that is still read. */
  abort(reason: unknown): void;
}

/** What is fixed of a call, whatever its client gives. */
export interface CallSpec {
  readonly operation: Operation;
  /** The name that observers see: the operation's, or the one that the caller gave. */
  readonly name: string;
  readonly client: ClientKind;
  readonly host: string | undefined;
  readonly request: HttpRequestInfo | undefined;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  /** Whether it may be carried out twice. */
  readonly idempotent: boolean;
  /** Whether what is sent can be sent again; false for a one-shot stream. */
  readonly resendable: boolean;
  /** The call's own priority in the queue of its quota; undefined: its operation's. */
  readonly priority?: number | undefined;
}

/** How one call is to be made: everything the pipeline needs to know of the client behind it. */
export interface ClientCall<T> extends CallSpec {
  /**
   * Whether the stack of an error shall name those who made the call, as it does without the wrapper.
   * That costs some 0.3 µs a call.
   */
  readonly namesCallers?: boolean;
  send(context: AttemptSender, observed: AttemptFanOut | undefined): PromiseLike<T> | T;
  /** What a value that the client gave says: undefined for a success. Never throws. */
  classifyResult(value: T): Promise<Failure | undefined> | Failure | undefined;
  /** What is known of a rejection beyond what it shows itself; undefined: it is classified as it is. */
  classifyError?(error: unknown): Failure | undefined;
  /** The attempt has ended with a value, which may still be read for long. Never throws. */
  onResult?(value: T, attempt: AttemptSender): void;
  /** The HTTP status of a value, where it has one. */
  statusOf?(value: T): number | undefined;
  /** Lets go of a value that nobody will read. Never throws. */
  dispose?(value: T): Promise<void> | void;
  /** A more exact advice for a failure, from what was sent. */
  bodyAdvice?(failure: Failure): string | undefined;
  /** What the call rejects with in place of a value that is a failure; undefined: the value itself. */
  toError?(value: T, failure: Failure): Error | undefined;
  /** The call has ended: lets go of what was kept for a further attempt. Never throws. */
  close?(): void;
}
