import { DefenderApiError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import { safeGet, safeGetObject } from '../../failure/safe-get.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { AttemptSender } from '../../pipeline/call.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { HeaderPair } from '../shared/headers.ts';
import { HttpCall } from '../shared/http-call.ts';
import {
  abortBodyOnSignal,
  type CheckedBody,
  checkJsonBody,
  disposeResponse,
  failureInTime,
} from '../shared/response-body.ts';
import type { FetchInit, FetchInput, FetchRequest } from './request.ts';

/** Changes to the caller's request in one attempt. */
export interface AttemptChanges {
  /** The new token, and the headers that observers set. */
  readonly headers: readonly HeaderPair[];
  readonly token: string | undefined;
}

/** Calls the inner fetch; the init already contains the changes. */
export type SendFetch = (
  input: FetchInput,
  init: FetchInit,
  changes: AttemptChanges,
) => Promise<Response>;

/** One call of a wrapped fetch. */
export class FetchCall extends HttpCall<Response> {
  readonly resendable: boolean;
  readonly #request: FetchRequest;
  readonly #send: SendFetch;
  /** Created at the first response with a signal, since most calls have none. */
  #unlinks: WeakMap<Response, () => void> | undefined = undefined;
  readonly #bufferJson: boolean;
  /** What was found in the latest response's body. A weak reference: the response belongs to the caller. */
  #checked: { readonly response: WeakRef<Response>; readonly body: CheckedBody } | undefined =
    undefined;
  /** Stops reading an error body. Shares the body's abort listener, so that the signal gets only one. */
  #reading: AbortController | undefined = undefined;

  constructor(
    pipeline: Pipeline,
    request: FetchRequest,
    send: SendFetch,
    bufferJson = false,
    client: ClientKind = 'fetch',
  ) {
    super(pipeline, client, request);
    this.resendable = request.bodyKind !== 'one-shot';
    this.#request = request;
    this.#send = send;
    // The results of a batch's requests are in the body.
    this.#bufferJson = bufferJson || this.batch !== undefined;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<Response> {
    const { attempt, signal, token } = context;
    const headers = this.headersToAdd(context, observed);
    const input = this.#request.inputOf(attempt, this.limits.maxRetries);
    this.batch?.sent();
    const sent = this.#send(input, this.#request.initOf(signal, headers), { headers, token });
    return this.#bufferJson ? this.#checkBody(sent, signal) : sent;
  }

  onResult(response: Response, attempt: AttemptSender): void {
    if (this.signal === undefined || typeof response !== 'object' || response === null) return;
    if (!this.#checkedBody(response)?.complete) this.#followSignal(response, this.signal, attempt);
  }

  #followSignal(response: Response, signal: AbortSignal, attempt: AttemptSender): void {
    // In Node 22's undici, even a response without a body follows the signal.
    const body = safeGetObject(response, 'body') ?? response;
    const unlink = abortBodyOnSignal(signal, body, (reason) => {
      attempt.abort(reason);
      this.#reading?.abort();
    });
    this.#unlinks ??= new WeakMap();
    this.#unlinks.set(response, unlink);
  }

  classifyResult(
    response: Response,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined {
    if (!(response?.status >= 400)) return this.#checkedBody(response)?.failure;
    this.#reading = new AbortController();
    return failureInTime(this.pipeline, response, attempt.endsAt, this.#reading.signal);
  }

  /** fetch removes the header when it follows a redirect to another host. */
  override sentAuthorization(settled?: unknown): string | undefined {
    const moved = safeGet(settled, 'redirected') === true;
    const host = moved ? URL.parse(String(safeGet(settled, 'url')))?.host : this.host;
    return host === this.host ? super.sentAuthorization() : undefined;
  }

  statusOf(response: Response): number | undefined {
    return response?.status;
  }

  async dispose(response: Response): Promise<void> {
    this.#unlinks?.get(response)?.();
    await disposeResponse(response);
  }

  toError(response: Response, failure: Failure): DefenderApiError | undefined {
    if (!this.pipeline.settings.throwHttpErrors) return undefined;
    return new DefenderApiError(failure, { operation: this.name, cause: response });
  }

  close(): void {
    this.#request.close();
  }

  async #checkBody(sent: Promise<Response>, signal: AbortSignal): Promise<Response> {
    const response = await sent;
    const { bytes, ...body } = await checkJsonBody(response, signal);
    this.#checked = { response: new WeakRef(response), body };
    if (body.complete && body.failure === undefined) this.batch?.responded(bytes);
    return response;
  }

  #checkedBody(response: Response): CheckedBody | undefined {
    const checked = this.#checked;
    return checked !== undefined && checked.response.deref() === response
      ? checked.body
      : undefined;
  }
}
