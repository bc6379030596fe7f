import { Readable } from 'node:stream';
import type { Failure } from '../../failure/failure.ts';
import { safeGet } from '../../failure/safe-get.ts';
import { MAX_ERROR_BODY } from '../../failure/text.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { AttemptSender } from '../../pipeline/call.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { withHeaders } from '../shared/headers.ts';
import { HttpCall } from '../shared/http-call.ts';
import { isJsonSuccess, truncationOf } from '../shared/json-body.ts';
import { peekNodeStream } from '../shared/node-stream.ts';
import { abortBodyOnSignal } from '../shared/response-body.ts';
import { peekWebStream } from '../shared/web-stream.ts';
import type { AxiosRequest } from './request.ts';
import { restoreConfig, type Sender } from './sender.ts';
import { type AxiosConfig, type AxiosResponse, isAxiosResponse, isRecord } from './types.ts';

/** One request of a wrapped axios instance, after its interceptors and before its adapter. */
export class AxiosCall extends HttpCall<unknown> {
  readonly resendable: boolean;
  readonly #config: AxiosConfig;
  readonly #sendConfig: (config: AxiosConfig) => Promise<unknown>;
  readonly #release: () => void;
  /** The response that the last attempt was rejected with. */
  #rejected: AxiosResponse | undefined = undefined;

  constructor(
    pipeline: Pipeline,
    request: AxiosRequest,
    config: AxiosConfig,
    adapter: unknown,
    sender: Sender,
  ) {
    // If axios's own timeout is set, it limits an attempt instead of ours.
    super(pipeline, 'axios', request, request.timeoutMs > 0);
    this.resendable = request.bodyKind !== 'one-shot';
    this.#config = config;
    this.#sendConfig = (own) => sender.send(adapter, own);
    this.#release = request.release;
  }

  async send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<unknown> {
    this.#disposeRejected();
    const { signal } = context;
    const { headers } = this.#config;
    const added = this.headersToAdd(context, observed);
    const config: AxiosConfig = { ...this.#config, signal };
    this.batch?.sent();
    if (added.length > 0) config['headers'] = withHeaders(headers ?? {}, added);
    try {
      const response = await this.#sendConfig(config);
      restoreConfig(response, this.#config, signal);
      this.#followAbort(response, context);
      return response;
    } catch (error) {
      restoreConfig(error, this.#config, signal);
      // axios rejects with the response inside its error.
      this.#rejected = responseIn(error);
      throw error;
    }
  }

  classifyResult(
    response: unknown,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined {
    if (!isAxiosResponse(response)) return undefined;
    const { status, headers, data } = response;
    if (status >= 400) return this.#failureOf(response, attempt);
    // axios returns whatever it could decompress of a truncated body.
    const truncation = isJsonSuccess(status, headers) ? truncationOf(data) : undefined;
    if (truncation === undefined) this.batch?.responded(data);
    return truncation;
  }

  /** The error alone does not show a body that is a stream. */
  classifyError(error: unknown, attempt: AttemptSender): Promise<Failure | undefined> | undefined {
    const response = responseIn(error);
    return response && this.#failureOf(response, attempt);
  }

  /** axios removes the header when it follows a redirect to another host, and when `auth` is set. */
  override sentAuthorization(settled?: unknown): string | undefined {
    if (this.#config['auth'] !== undefined) return undefined;
    const answered = safeGet(safeGet(responseIn(settled) ?? settled, 'request'), 'res');
    const url: unknown = safeGet(answered, 'responseUrl');
    const host = typeof url === 'string' ? URL.parse(url)?.host : this.host;
    return host === this.host ? super.sentAuthorization() : undefined;
  }

  statusOf(response: unknown): number | undefined {
    return isAxiosResponse(response) ? response.status : undefined;
  }

  dispose(response: unknown): void {
    if (isAxiosResponse(response)) disposeBody(response);
  }

  close(): void {
    this.#release();
    // If the caller cancels during a wait, nobody reads the response before it.
    if (this.signal?.aborted) this.#disposeRejected();
  }

  async #failureOf(response: AxiosResponse, attempt: AttemptSender): Promise<Failure | undefined> {
    const failure = await this.readFailure(response, attempt.endsAt, (signal) =>
      peekBody(response, signal),
    );
    this.#followAbort(response, attempt);
    return failure;
  }

  /** Passes the caller's abort to a stream that is read after the call has ended. */
  #followAbort(response: unknown, context: AttemptSender): void {
    if (this.signal === undefined || !isAxiosResponse(response)) return;
    const { data } = response;
    if (data instanceof Readable || data instanceof ReadableStream) {
      abortBodyOnSignal(this.signal, data, (reason) => context.abort(reason));
    }
  }

  #disposeRejected(): void {
    if (this.#rejected !== undefined) disposeBody(this.#rejected);
    this.#rejected = undefined;
  }
}

function responseIn(error: unknown): AxiosResponse | undefined {
  const response = isRecord(error) ? error['response'] : undefined;
  return isAxiosResponse(response) ? response : undefined;
}

/** The beginning of a response's body. Replaces a stream with one that yields the whole body. */
async function peekBody(response: AxiosResponse, signal: AbortSignal): Promise<unknown> {
  const { data } = response;
  if (data instanceof Readable) {
    const { start, whole } = await peekNodeStream(data, signal);
    response.data = whole;
    return start;
  }
  if (data instanceof ReadableStream) {
    const { start, whole } = await peekWebStream(data, signal);
    response.data = whole;
    return start;
  }
  if (data instanceof Blob) return data.slice(0, MAX_ERROR_BODY).text();
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function disposeBody({ data }: AxiosResponse): void {
  if (data instanceof Readable) data.destroy();
  else if (data instanceof ReadableStream && !data.locked) data.cancel().catch(() => undefined);
}
