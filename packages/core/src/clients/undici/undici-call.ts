import type { Operation } from '../../catalogue/entry.ts';
import { OTHER } from '../../catalogue/operations.ts';
import { operationFor } from '../../catalogue/routes.ts';
import { explainBody } from '../../failure/body-hints.ts';
import { classify } from '../../failure/classify.ts';
import type { Failure } from '../../failure/failure.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../../observe/observer.ts';
import type { AttemptSender, ClientCall } from '../../pipeline/call.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readInTime } from '../shared/error-body.ts';
import { withParams } from '../shared/query.ts';
import { RequestInfo } from '../shared/request-info.ts';
import { changedHeaderList, headerText } from './headers.ts';
import { type SentBody, sentBody } from './replayable-body.ts';
import { UndiciAttempt } from './response-attempt.ts';
import type { ResponseForwarder } from './response-forwarder.ts';
import type { DispatchOptions, Handler } from './types.ts';

/** Sends one attempt to the dispatcher below. */
export type SendAttempt = (options: DispatchOptions, handler: Handler) => void;

/** One request on its way through a resilient dispatcher. */
export class UndiciCall implements ClientCall<UndiciAttempt> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'undici';
  readonly host: string | undefined;
  readonly request: HttpRequestInfo | undefined;
  readonly signal: AbortSignal;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly idempotent: boolean;
  readonly #pipeline: Pipeline;
  readonly #options: DispatchOptions;
  readonly #sink: ResponseForwarder;
  readonly #dispatch: SendAttempt;
  readonly #body: SentBody;

  constructor(
    pipeline: Pipeline,
    options: DispatchOptions,
    sink: ResponseForwarder,
    signal: AbortSignal,
    dispatch: SendAttempt,
  ) {
    const method = typeof options['method'] === 'string' ? options['method'].toUpperCase() : 'GET';
    const url = urlOf(options);
    const operation =
      url === undefined
        ? OTHER
        : operationFor({ method, host: url.host, path: url.pathname }, pipeline.settings.hosts);
    const limits = limitsOf(pipeline.settings, operation, operation.name, method);
    this.operation = operation;
    this.name = operation.name;
    this.host = url?.host;
    this.request = url && infoOf(pipeline, options, method, url, operation);
    this.signal = signal;
    this.attemptTimeoutMs = limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.idempotent = limits.idempotent;
    this.#pipeline = pipeline;
    this.#options = options;
    this.#sink = sink;
    this.#dispatch = dispatch;
    this.#body = sentBody(options['body'], lengthOf(options['headers']));
  }

  get resendable(): boolean {
    return this.#body.resendable;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<UndiciAttempt> {
    const attempt = new UndiciAttempt(this.#sink, context.signal);
    const { body } = this.#body;
    const headers = this.#headersOf(context, observed);
    try {
      this.#dispatch({ ...this.#options, body, ...(headers && { headers }) }, attempt);
    } catch (error) {
      attempt.fail(error);
    }
    return attempt.answered;
  }

  classifyResult(attempt: UndiciAttempt): Promise<Failure | undefined> | undefined {
    return attempt.status < 400 ? undefined : this.#failureOf(attempt);
  }

  statusOf(attempt: UndiciAttempt): number {
    return attempt.status;
  }

  dispose(attempt: UndiciAttempt): void {
    attempt.drop();
  }

  bodyAdvice({ code }: Failure): string | undefined {
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#options['body']);
  }

  close(): void {
    this.#body.close();
  }

  #failureOf(attempt: UndiciAttempt): Promise<Failure | undefined> {
    const { clock } = this.#pipeline;
    return readInTime(clock, this.signal, async (signal) => {
      const body = await attempt.look(signal);
      const { status, headers } = attempt;
      return classify({ status, headers, body }, { now: () => clock.epoch() });
    });
  }

  #headersOf(context: AttemptSender, observed: AttemptFanOut | undefined): unknown[] | undefined {
    const { token } = context;
    if (token === undefined && !observed?.wantsHeaders) return undefined;
    try {
      return changedHeaderList(this.#options['headers'], (headers) => {
        if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
        observed?.headers(headers);
      });
    } catch {
      // Headers that cannot be sent: undici says so in its own words.
      return undefined;
    }
  }
}

/**
 * Where the request goes, if that can be told. By the `Host` header before the address: an interceptor
 * that resolves names may stand above.
 */
function urlOf({ origin, path, headers }: DispatchOptions): URL | undefined {
  if (typeof path !== 'string') return undefined;
  const base = typeof origin === 'string' || origin instanceof URL ? String(origin) : undefined;
  const url = URL.parse(path, base);
  if (url === null || !url.protocol.startsWith('http')) return undefined;
  const host = headerText(headers, 'host');
  return host === undefined ? url : (URL.parse(path, `${url.protocol}//${host}`) ?? url);
}

function infoOf(
  pipeline: Pipeline,
  options: DispatchOptions,
  method: string,
  url: URL,
  operation: Operation,
): HttpRequestInfo {
  const full = pipeline.observers === undefined ? url : withParams(url, options['query']);
  return new RequestInfo(method, full, operation.route);
}

function lengthOf(headers: unknown): number | undefined {
  const text = headerText(headers, 'content-length');
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
