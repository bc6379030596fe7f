import type { Operation } from '../../catalogue/entry.ts';
import { OTHER } from '../../catalogue/operations.ts';
import { batchOperation } from '../../catalogue/operations-graph.ts';
import { operationFor } from '../../catalogue/routes.ts';
import { explainBody } from '../../failure/body-hints.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import type { ResponseParts } from '../../failure/http-failure.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../../observe/observer.ts';
import type { AttemptSender, ClientCall, Limits } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { Batch } from './batch.ts';
import { addedHeaders, getHeader, type HeaderPair } from './headers.ts';
import type { Place } from './place.ts';
import { RequestInfo, type UrlRequest } from './request-info.ts';
import { readErrorBodyInTime } from './response-body.ts';

/** A request that an HTTP client is about to send. */
export interface HttpRequest {
  readonly method: string;
  /** Undefined if it is unknown. */
  readonly url: URL | undefined;
  /** The URL's host and path, from clients that know them without parsing the URL. */
  readonly place?: Place;
  /** Query parameters that the client will add to the URL itself. */
  readonly params?: unknown;
  /** The caller's headers, in any form that the client accepts. */
  readonly headers: unknown;
  readonly body: unknown;
  /** The caller's. */
  readonly signal: AbortSignal | undefined;
}

/** The codes for which the request's own body is checked for mistakes. */
const BODY_CODES: ReadonlySet<string> = new Set(['InvalidRequestBody', 'MissingRequiredParameter']);

/** One HTTP request, from any client: its operation, its limits and what observers see of it. */
export abstract class HttpCall<T> implements ClientCall<T> {
  readonly client: ClientKind;
  abstract readonly resendable: boolean;
  readonly operation: Operation;
  readonly name: string;
  readonly host: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly limits: Limits;
  protected readonly pipeline: Pipeline;
  /** The requests in a Graph `$batch`; undefined for any other request. */
  protected readonly batch: Batch | undefined;
  readonly #request: HttpRequest;
  #info: HttpRequestInfo | undefined = undefined;
  /** The token that replaced the caller's in the latest attempt. */
  #token: string | undefined = undefined;

  /** @param ownTimeout - whether the client limits the time of an attempt itself */
  constructor(pipeline: Pipeline, client: ClientKind, request: HttpRequest, ownTimeout = false) {
    const { method, signal } = request;
    const place = request.place ?? placeOf(request.url);
    const operation =
      place === undefined
        ? OTHER
        : operationFor({ method, host: place.host, path: place.path }, pipeline.settings.hosts);
    const batch =
      operation === batchOperation && request.url !== undefined
        ? new Batch(pipeline, client, request.url, request.body)
        : undefined;
    const limited = batch ? { ...operation, idempotent: batch.idempotent } : operation;
    const limits = limitsOf(pipeline.settings, limited, operation.name, method);
    this.client = client;
    this.operation = operation;
    this.name = operation.name;
    this.host = place?.host;
    this.signal = signal;
    this.limits = ownTimeout ? { ...limits, attemptTimeoutMs: limits.deadlineMs } : limits;
    this.pipeline = pipeline;
    this.batch = batch;
    this.#request = request;
  }

  /** Created when an observer reads it. */
  get request(): HttpRequestInfo | undefined {
    if (hasUrl(this.#request)) {
      this.#info ??= new RequestInfo(this.#request, this.operation.route);
    }
    return this.#info;
  }

  abstract send(context: AttemptSender, observed: AttemptFanOut | undefined): PromiseLike<T>;

  abstract classifyResult(
    value: T,
    attempt: AttemptSender,
  ): Promise<Failure | undefined> | Failure | undefined;

  /** Clients that can see a redirect to another host override this. */
  sentAuthorization(_settled?: unknown): string | undefined {
    if (this.#token !== undefined) return `Bearer ${this.#token}`;
    return getHeader(this.#request.headers, 'authorization');
  }

  /** The headers that an attempt adds to the caller's. */
  protected headersToAdd(
    { token }: AttemptSender,
    observed: AttemptFanOut | undefined,
  ): readonly HeaderPair[] {
    this.#token = token;
    return addedHeaders(this.#request.headers, token, observed);
  }

  /** Classifies an error response by the part of its body that arrives in time. */
  protected readFailure(
    { status, headers }: Omit<ResponseParts, 'body'>,
    endsAt: number,
    peekBody: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<Failure | undefined> {
    return readErrorBodyInTime(this.pipeline, endsAt, this.signal, async (signal) => {
      const body = await peekBody(signal);
      return classify({ status, headers, body }, this.pipeline.time);
    });
  }

  bodyAdvice({ code }: Failure): string | undefined {
    return BODY_CODES.has(code) ? explainBody(this.operation, this.#request.body) : undefined;
  }
}

function hasUrl(request: HttpRequest): request is HttpRequest & UrlRequest {
  return request.place !== undefined || request.url !== undefined;
}

function placeOf(url: URL | undefined): Place | undefined {
  return url && { host: url.host, path: url.pathname };
}
