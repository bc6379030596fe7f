import type { Operation } from '../../catalogue/entry.ts';
import { explainBody } from '../../failure/body-hints.ts';
import { DefenderApiError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import { failureOfResponse, release } from '../../failure/response.ts';
import { safeGetObject } from '../../failure/safe-get.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../../observe/observer.ts';
import type { AttemptSender, ClientCall } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { linkBody } from '../shared/abort-body.ts';
import { ERROR_BODY_TIMEOUT_MS } from '../shared/error-body.ts';
import { RequestInfo } from '../shared/request-info.ts';
import type { FetchInit } from './init.ts';
import { FetchMessage } from './message.ts';
import type { FetchInput, FetchRequest } from './request.ts';

/** Calls the fetch inside. */
export type SendFetch = (input: FetchInput, init: FetchInit) => Promise<Response>;

/** One call of a wrapped fetch. */
export class FetchCall implements ClientCall<Response> {
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
  readonly idempotent: boolean;
  readonly resendable: boolean;
  readonly #pipeline: Pipeline;
  readonly #body: unknown;
  readonly #message: FetchMessage;
  readonly #send: SendFetch;
  /** Made when there is something to link: a WeakMap for each call takes 0.4 µs. */
  #links: WeakMap<Response, () => void> | undefined = undefined;
  /** Ends the reading of an error's body, while there is one. */
  #stopReading: (() => void) | undefined = undefined;

  constructor(pipeline: Pipeline, operation: Operation, read: FetchRequest, send: SendFetch) {
    const limits = limitsOf(pipeline.settings, operation, operation.name, read.method);
    this.operation = operation;
    this.name = operation.name;
    this.host = read.url.host;
    this.request = new RequestInfo(read.method, read.url, operation.route);
    this.signal = read.signal;
    this.attemptTimeoutMs = limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.idempotent = limits.idempotent;
    this.resendable = read.bodyKind !== 'one-shot';
    this.#pipeline = pipeline;
    this.#body = read.body;
    this.#message = new FetchMessage(read, limits.maxRetries);
    this.#send = send;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<Response> {
    const input = this.#message.input(context.attempt);
    return this.#send(input, this.#message.init(context, observed));
  }

  onResult(response: Response, attempt: AttemptSender): void {
    if (this.signal === undefined || typeof response !== 'object' || response === null) return;
    // An answer without a body hears an abort too, in the undici of Node 22.
    const read = safeGetObject(response, 'body') ?? response;
    const unlink = linkBody(this.signal, read, (reason) => {
      attempt.abort(reason);
      this.#stopReading?.();
    });
    this.#links ??= new WeakMap();
    this.#links.set(response, unlink);
  }

  classifyResult(response: Response): Promise<Failure | undefined> | undefined {
    if (!(response?.status >= 400)) return undefined;
    return this.#failureOf(response);
  }

  statusOf(response: Response): number | undefined {
    return response?.status;
  }

  async dispose(response: Response): Promise<void> {
    this.#links?.get(response)?.();
    await release(response);
  }

  bodyAdvice(failure: Failure): string | undefined {
    const { code } = failure;
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#body);
  }

  toError(response: Response, failure: Failure): DefenderApiError | undefined {
    if (!this.#pipeline.settings.throwHttpErrors) return undefined;
    return new DefenderApiError(failure, { operation: this.name, cause: response });
  }

  close(): void {
    this.#message.close();
  }

  async #failureOf(response: Response): Promise<Failure | undefined> {
    const { clock } = this.#pipeline;
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
