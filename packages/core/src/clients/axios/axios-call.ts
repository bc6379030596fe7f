import { Readable } from 'node:stream';
import type { Operation } from '../../catalogue/entry.ts';
import { explainBody } from '../../failure/body-hints.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../../observe/observer.ts';
import type { AttemptSender, ClientCall } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { linkBody } from '../shared/abort-body.ts';
import { readInTime } from '../shared/error-body.ts';
import { withParams } from '../shared/query.ts';
import { RequestInfo } from '../shared/request-info.ts';
import { startOfNodeStream, startOfWebStream } from '../shared/stream-start.ts';
import { changedHeaders } from './headers.ts';
import type { AxiosRequest } from './request.ts';
import { restoreConfig, type Sender } from './sender.ts';
import { type AxiosConfig, type AxiosResponse, isAxiosResponse, isRecord } from './types.ts';

const MAX_ERROR_BODY = 65_536;

/** One request of a wrapped axios instance, after its interceptors and before its adapter. */
export class AxiosCall implements ClientCall<unknown> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'axios';
  readonly host: string;
  readonly request: HttpRequestInfo;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly idempotent: boolean;
  readonly resendable: boolean;
  readonly #pipeline: Pipeline;
  readonly #config: AxiosConfig;
  readonly #adapter: unknown;
  readonly #sender: Sender;
  readonly #release: () => void;
  /** The answer that the attempt before was rejected with. */
  #rejected: AxiosResponse | undefined = undefined;
  /** What the answer of the latest rejection says, where its body was read. */
  #explained: { readonly error: unknown; readonly failure: Failure | undefined } | undefined =
    undefined;

  constructor(
    pipeline: Pipeline,
    operation: Operation,
    call: AxiosRequest,
    config: AxiosConfig,
    adapter: unknown,
    sender: Sender,
  ) {
    const limits = limitsOf(pipeline.settings, operation, operation.name, call.method);
    const url =
      pipeline.observers === undefined ? call.url : withParams(call.url, config['params']);
    this.operation = operation;
    this.name = operation.name;
    this.host = call.url.host;
    this.request = new RequestInfo(call.method, url, operation.route);
    this.signal = call.signal;
    // axios's own timeout, where it is set, says how long an attempt may take.
    this.attemptTimeoutMs = call.timeoutMs > 0 ? limits.deadlineMs : limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.idempotent = limits.idempotent;
    this.resendable = call.bodyKind !== 'one-shot';
    this.#pipeline = pipeline;
    this.#config = config;
    this.#adapter = adapter;
    this.#sender = sender;
    this.#release = call.release;
  }

  async send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<unknown> {
    if (this.#rejected !== undefined) letGo(this.#rejected);
    this.#rejected = undefined;
    const { signal, token } = context;
    const headers = changedHeaders(this.#config['headers'], token, observed);
    const config = { ...this.#config, signal, ...(headers === undefined ? {} : { headers }) };
    try {
      const response = await this.#sender.send(this.#adapter, config);
      restoreConfig(response, this.#config, signal);
      this.#link(response, context);
      return response;
    } catch (error) {
      restoreConfig(error, this.#config, signal);
      await this.#explainRejection(error, context);
      throw error;
    }
  }

  classifyResult(response: unknown): Promise<Failure | undefined> | undefined {
    if (!isAxiosResponse(response) || !(response.status >= 400)) return undefined;
    return this.#failureOf(response);
  }

  classifyError(error: unknown): Failure | undefined {
    return error === this.#explained?.error ? this.#explained?.failure : undefined;
  }

  statusOf(response: unknown): number | undefined {
    return isAxiosResponse(response) ? response.status : undefined;
  }

  dispose(response: unknown): void {
    if (isAxiosResponse(response)) letGo(response);
  }

  bodyAdvice({ code }: Failure): string | undefined {
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#config['data']);
  }

  close(): void {
    this.#release();
    // Cancelled in a wait: nobody will read what was answered before it.
    if (this.signal?.aborted && this.#rejected !== undefined) letGo(this.#rejected);
  }

  /** Reads of a rejection's answer what the error alone does not show. */
  async #explainRejection(error: unknown, context: AttemptSender): Promise<void> {
    const response = isRecord(error) ? error['response'] : undefined;
    if (!isAxiosResponse(response)) return;
    this.#rejected = response;
    const failure = await this.#failureOf(response);
    this.#link(response, context);
    this.#explained = { error, failure };
  }

  #failureOf(response: AxiosResponse): Promise<Failure | undefined> {
    const { clock } = this.#pipeline;
    const { status, headers } = response;
    return readInTime(clock, this.signal, async (signal) => {
      const body = await startOfBody(response, signal);
      return classify({ status, headers, body }, { now: () => clock.epoch() });
    });
  }

  /** Lets the caller's abort reach a stream that is read after the call has ended. */
  #link(response: unknown, context: AttemptSender): void {
    if (this.signal === undefined || !isAxiosResponse(response)) return;
    const { data } = response;
    if (data instanceof Readable || data instanceof ReadableStream) {
      linkBody(this.signal, data, (reason) => context.abort(reason));
    }
  }
}

/** The beginning of an answer's body. A stream is exchanged for one that gives the whole. */
async function startOfBody(response: AxiosResponse, over: AbortSignal): Promise<unknown> {
  const { data } = response;
  if (data instanceof Readable) {
    const { start, whole } = await startOfNodeStream(data, MAX_ERROR_BODY, over);
    response.data = whole;
    return start;
  }
  if (data instanceof ReadableStream) {
    const { start, whole } = await startOfWebStream(data, MAX_ERROR_BODY, over);
    response.data = whole;
    return start;
  }
  if (data instanceof Blob) return data.slice(0, MAX_ERROR_BODY).text();
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** Lets go of a stream that nobody will read. */
function letGo({ data }: AxiosResponse): void {
  if (data instanceof Readable) data.destroy();
  else if (data instanceof ReadableStream && !data.locked) data.cancel().catch(() => undefined);
}
