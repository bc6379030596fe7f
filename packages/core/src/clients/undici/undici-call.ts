import type { Failure } from '../../failure/failure.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { AttemptSender } from '../../pipeline/call.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { Batch } from '../shared/batch.ts';
import { getHeader, headerPairs, withHeaders } from '../shared/headers.ts';
import { HttpCall, type HttpRequest } from '../shared/http-call.ts';
import { type RequestBody, requestBody } from './replayable-body.ts';
import { ResponseAttempt } from './response-attempt.ts';
import type { ResponseForwarder } from './response-forwarder.ts';
import type { DispatchOptions, Handler } from './types.ts';

/** Sends one attempt to the dispatcher below. */
export type SendAttempt = (options: DispatchOptions, handler: Handler) => void;

/** One request that passes through a resilient dispatcher. */
export class UndiciCall extends HttpCall<ResponseAttempt> {
  readonly #options: DispatchOptions;
  readonly #forwarder: ResponseForwarder;
  readonly #dispatch: SendAttempt;
  readonly #body: RequestBody;

  constructor(
    pipeline: Pipeline,
    options: DispatchOptions,
    forwarder: ResponseForwarder,
    signal: AbortSignal,
    dispatch: SendAttempt,
  ) {
    super(pipeline, 'undici', readRequest(options, signal));
    this.#options = options;
    this.#forwarder = forwarder;
    this.#dispatch = dispatch;
    this.#body = requestBody(options['body'], lengthOf(options['headers']));
  }

  get resendable(): boolean {
    return this.#body.resendable;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<ResponseAttempt> {
    const attempt = new ResponseAttempt(this.#forwarder, context.signal);
    const { headers } = this.#options;
    const added = this.headersToAdd(context, observed);
    const options = {
      ...this.#options,
      body: this.#body.body,
      // Alternating names and values: the one form that every undici accepts.
      ...(added.length > 0 && { headers: withHeaders(headerPairs(headers), added).flat() }),
    };
    this.batch?.sent();
    try {
      this.#dispatch(options, attempt);
    } catch (error) {
      attempt.fail(error);
    }
    return attempt.responded;
  }

  classifyResult(
    attempt: ResponseAttempt,
    { endsAt }: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined {
    if (attempt.status < 400) {
      return this.batch === undefined
        ? attempt.bodyFailure()
        : this.#readBatch(this.batch, attempt);
    }
    return this.readFailure(attempt, endsAt, (signal) => attempt.peekBody(signal));
  }

  /** An inner interceptor that follows a redirect to another host removes the header. */
  override sentAuthorization(settled?: unknown): string | undefined {
    const host = settled instanceof ResponseAttempt ? settled.redirectedTo?.host : undefined;
    return host === undefined || host === this.host ? super.sentAuthorization() : undefined;
  }

  statusOf(attempt: ResponseAttempt): number {
    return attempt.status;
  }

  dispose(attempt: ResponseAttempt): void {
    attempt.dispose();
  }

  close(): void {
    this.#body.close();
  }

  async #readBatch(batch: Batch, attempt: ResponseAttempt): Promise<Failure | undefined> {
    const failure = await attempt.bodyFailure();
    if (failure === undefined) batch.responded(await attempt.heldBody());
    return failure;
  }
}

function readRequest(options: DispatchOptions, signal: AbortSignal): HttpRequest {
  const { method, query, body } = options;
  return {
    method: typeof method === 'string' ? method.toUpperCase() : 'GET',
    url: urlOf(options),
    params: query,
    headers: options['headers'],
    body,
    signal,
  };
}

/**
 * The URL of the request, if it is known. The `Host` header takes precedence over the address, since an outer
 * interceptor may have resolved the name.
 */
function urlOf({ origin, path, headers }: DispatchOptions): URL | undefined {
  if (typeof path !== 'string') return undefined;
  const base = typeof origin === 'string' || origin instanceof URL ? String(origin) : undefined;
  const url = URL.parse(path, base);
  if (url === null || !url.protocol.startsWith('http')) return undefined;
  const host = getHeader(headers, 'host');
  if (host === undefined || host === url.host) return url;
  return URL.parse(path, `${url.protocol}//${host}`) ?? url;
}

function lengthOf(headers: unknown): number | undefined {
  const text = getHeader(headers, 'content-length');
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
