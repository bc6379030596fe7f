import type { Engine } from '../call/engine.ts';
import { limitsOf } from '../call/limits.ts';
import type { AttemptSender, CallPlan } from '../call/plan.ts';
import type { Operation } from '../catalogue/entry.ts';
import { OTHER } from '../catalogue/operations.ts';
import { operationFor } from '../catalogue/routes.ts';
import { explainBody } from '../failure/body-slip.ts';
import { classify } from '../failure/classify.ts';
import type { Failure } from '../failure/failure.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';
import { readInTime } from './error-body.ts';
import { withParams } from './query.ts';
import { RequestInfo } from './request-info.ts';
import { UndiciAttempt } from './undici-attempt.ts';
import { type SentBody, sentBody } from './undici-body.ts';
import { changedHeaderList, headerText } from './undici-headers.ts';
import type { UndiciSink } from './undici-sink.ts';
import type { DispatchOptions, Handler } from './undici-types.ts';

/** Sends one attempt to the dispatcher below. */
export type SendAttempt = (options: DispatchOptions, handler: Handler) => void;

/** One request on its way through a resilient dispatcher. */
export class UndiciPlan implements CallPlan<UndiciAttempt> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'undici';
  readonly host: string | undefined;
  readonly request: HttpRequestInfo | undefined;
  readonly signal: AbortSignal;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly replayable: boolean;
  readonly #engine: Engine;
  readonly #options: DispatchOptions;
  readonly #sink: UndiciSink;
  readonly #dispatch: SendAttempt;
  readonly #body: SentBody;

  constructor(
    engine: Engine,
    options: DispatchOptions,
    sink: UndiciSink,
    signal: AbortSignal,
    dispatch: SendAttempt,
  ) {
    const method = typeof options['method'] === 'string' ? options['method'].toUpperCase() : 'GET';
    const url = urlOf(options);
    const operation =
      url === undefined
        ? OTHER
        : operationFor({ method, host: url.host, path: url.pathname }, engine.settings.hosts);
    const limits = limitsOf(engine.settings, operation, operation.name, method);
    this.operation = operation;
    this.name = operation.name;
    this.host = url?.host;
    this.request = url && infoOf(engine, options, method, url, operation);
    this.signal = signal;
    this.attemptTimeoutMs = limits.attemptTimeoutMs;
    this.deadlineMs = limits.deadlineMs;
    this.maxRetries = limits.maxRetries;
    this.replayable = limits.replayable;
    this.#engine = engine;
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

  judge(attempt: UndiciAttempt): Promise<Failure | undefined> | undefined {
    return attempt.status < 400 ? undefined : this.#failureOf(attempt);
  }

  statusOf(attempt: UndiciAttempt): number {
    return attempt.status;
  }

  discard(attempt: UndiciAttempt): void {
    attempt.drop();
  }

  explain({ code }: Failure): string | undefined {
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#options['body']);
  }

  close(): void {
    this.#body.close();
  }

  #failureOf(attempt: UndiciAttempt): Promise<Failure | undefined> {
    const { clock } = this.#engine;
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
  engine: Engine,
  options: DispatchOptions,
  method: string,
  url: URL,
  operation: Operation,
): HttpRequestInfo {
  const full = engine.observers === undefined ? url : withParams(url, options['query']);
  return new RequestInfo(method, full, operation.route);
}

function lengthOf(headers: unknown): number | undefined {
  const text = headerText(headers, 'content-length');
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
