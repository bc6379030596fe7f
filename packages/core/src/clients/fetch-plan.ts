import type { Engine } from '../call/engine.ts';
import { limitsOf } from '../call/limits.ts';
import type { AttemptSender, CallPlan } from '../call/plan.ts';
import type { Operation } from '../catalogue/entry.ts';
import { explainBody } from '../failure/body-slip.ts';
import { DefenderApiError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import { peekObject } from '../failure/peek.ts';
import { failureOfResponse, release } from '../failure/response.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';
import { ERROR_BODY_TIMEOUT_MS } from './error-body.ts';
import type { FetchInit } from './fetch-init.ts';
import { FetchMessage } from './fetch-message.ts';
import type { FetchInput, FetchRequest } from './fetch-request.ts';
import { linkBody } from './link.ts';
import { RequestInfo } from './request-info.ts';

/** Calls the fetch inside. */
export type SendFetch = (input: FetchInput, init: FetchInit) => Promise<Response>;

/** One call of a wrapped fetch. */
export class FetchPlan implements CallPlan<Response> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'fetch';
  readonly namesCallers = true;
  readonly host: string;
  readonly request: HttpRequestInfo;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly replayable: boolean;
  readonly resendable: boolean;
  readonly #engine: Engine;
  readonly #body: unknown;
  readonly #message: FetchMessage;
  readonly #send: SendFetch;
  /** Made when there is something to link: a WeakMap for each call takes 0.4 µs. */
  #links: WeakMap<Response, () => void> | undefined = undefined;
  /** Ends the reading of an error's body, while there is one. */
  #stopReading: (() => void) | undefined = undefined;

  constructor(engine: Engine, operation: Operation, read: FetchRequest, send: SendFetch) {
    const limits = limitsOf(engine.settings, operation, operation.name, read.method);
    this.operation = operation;
    this.name = operation.name;
    this.host = read.url.host;
    this.request = new RequestInfo(read.method, read.url, operation.route);
    this.signal = read.signal;
    this.attemptTimeoutMs = limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.replayable = limits.replayable;
    this.resendable = read.bodyKind !== 'one-shot';
    this.#engine = engine;
    this.#body = read.body;
    this.#message = new FetchMessage(read, limits.maxRetries);
    this.#send = send;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<Response> {
    const input = this.#message.input(context.attempt);
    return this.#send(input, this.#message.init(context, observed));
  }

  received(response: Response, attempt: AttemptSender): void {
    if (this.signal === undefined || typeof response !== 'object' || response === null) return;
    // An answer without a body hears an abort too, in the undici of Node 22.
    const read = peekObject(response, 'body') ?? response;
    const unlink = linkBody(this.signal, read, (reason) => {
      attempt.abort(reason);
      this.#stopReading?.();
    });
    this.#links ??= new WeakMap();
    this.#links.set(response, unlink);
  }

  judge(response: Response): Promise<Failure | undefined> | undefined {
    if (!(response?.status >= 400)) return undefined;
    return this.#failureOf(response);
  }

  statusOf(response: Response): number | undefined {
    return response?.status;
  }

  async discard(response: Response): Promise<void> {
    this.#links?.get(response)?.();
    await release(response);
  }

  explain(failure: Failure): string | undefined {
    const { code } = failure;
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#body);
  }

  reject(response: Response, failure: Failure): DefenderApiError | undefined {
    if (this.#engine.settings.errors === 'return') return undefined;
    return new DefenderApiError(failure, { operation: this.name, cause: response });
  }

  close(): void {
    this.#message.close();
  }

  async #failureOf(response: Response): Promise<Failure | undefined> {
    const { clock } = this.#engine;
    const over = new AbortController();
    const stop = (): void => over.abort();
    const timer = clock.timer(stop, ERROR_BODY_TIMEOUT_MS);
    this.#stopReading = stop;
    try {
      return await failureOfResponse(response, { now: () => clock.epoch(), signal: over.signal });
    } finally {
      timer.cancel();
      this.#stopReading = undefined;
    }
  }
}
