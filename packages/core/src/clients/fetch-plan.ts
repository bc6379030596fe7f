import type { Engine } from '../call/engine.ts';
import { limitsOf } from '../call/limits.ts';
import type { AttemptSender, CallPlan } from '../call/plan.ts';
import type { Operation } from '../catalogue/entry.ts';
import { explainBody } from '../failure/body-slip.ts';
import { DefenderApiError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import { failureOfResponse, release } from '../failure/response.ts';
import type { AttemptFanOut } from '../observe/fan-out.ts';
import type { ClientKind, HttpRequestInfo } from '../observe/observer.ts';
import type { Fetch } from './fetch.ts';
import type { FetchInit, FetchRequest } from './fetch-request.ts';
import { linkBody } from './link.ts';
import { RequestInfo } from './request-info.ts';

type FetchInput = Parameters<Fetch>[0];

/** How long the body of an error answer is waited for before the status alone must do. */
const ERROR_BODY_TIMEOUT_MS = 5_000;

/** One call of a wrapped fetch. */
export class FetchPlan implements CallPlan<Response> {
  readonly operation: Operation;
  readonly name: string;
  readonly client: ClientKind = 'fetch';
  readonly host: string;
  readonly request: HttpRequestInfo;
  readonly signal: AbortSignal | undefined;
  readonly attemptTimeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  readonly replayable: boolean;
  readonly resendable: boolean;
  readonly #engine: Engine;
  readonly #read: FetchRequest;
  readonly #input: FetchInput;
  readonly #send: Fetch;
  readonly #links = new WeakMap<Response, () => void>();
  /** A clone of a `Request` with a body, for the attempt after the one under way. */
  #spare: Request | undefined = undefined;

  constructor(
    engine: Engine,
    operation: Operation,
    read: FetchRequest,
    input: FetchInput,
    send: Fetch,
  ) {
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
    this.#read = read;
    this.#input = input;
    this.#send = send;
  }

  send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<Response> {
    const input = this.#inputOf(context.attempt);
    const answer = this.#send(input, this.#initOf(context, observed));
    const { signal } = this;
    if (signal === undefined) return answer;
    return answer.then((response) => {
      if (response.body) {
        const unlink = linkBody(signal, response.body, (reason) => context.abort(reason));
        this.#links.set(response, unlink);
      }
      return response;
    });
  }

  judge(response: Response): Promise<Failure | undefined> | undefined {
    if (!(response?.status >= 400)) return undefined;
    return this.#failureOf(response);
  }

  statusOf(response: Response): number | undefined {
    return response?.status;
  }

  async discard(response: Response): Promise<void> {
    this.#links.get(response)?.();
    await release(response);
  }

  explain(failure: Failure): string | undefined {
    const { code } = failure;
    if (code !== 'InvalidRequestBody' && code !== 'MissingRequiredParameter') return undefined;
    return explainBody(this.operation, this.#read.body);
  }

  reject(response: Response, failure: Failure): DefenderApiError | undefined {
    if (this.#engine.settings.errors === 'return') return undefined;
    return new DefenderApiError(failure, { operation: this.name, cause: response });
  }

  close(): void {
    // An unread branch of a cloned body would keep what was sent in memory.
    this.#spare?.body?.cancel().catch(() => undefined);
    this.#spare = undefined;
  }

  async #failureOf(response: Response): Promise<Failure | undefined> {
    const { clock } = this.#engine;
    const over = new AbortController();
    const stop = (): void => over.abort();
    const timer = clock.timer(stop, ERROR_BODY_TIMEOUT_MS);
    this.signal?.addEventListener('abort', stop, { once: true });
    try {
      return await failureOfResponse(response, { now: () => clock.epoch(), signal: over.signal });
    } finally {
      timer.cancel();
      this.signal?.removeEventListener('abort', stop);
    }
  }

  /** The caller's own input the first time; clones of a `Request` with a body after it. */
  #inputOf(attempt: number): FetchInput {
    const { request, body, bodyKind } = this.#read;
    if (request === undefined || body !== undefined || bodyKind !== 'replayable')
      return this.#input;
    const current = attempt === 1 ? request : (this.#spare ?? request);
    this.#spare = attempt <= this.maxRetries ? current.clone() : undefined;
    return current;
  }

  /** The caller's own init, with our signal in the place of the caller's, which it follows. */
  #initOf(context: AttemptSender, observed: AttemptFanOut | undefined): FetchInit {
    const { init, request } = this.#read;
    const own: FetchInit = { signal: context.signal };
    // A `Request` with an init loses its referrer, says the standard; without one it keeps it.
    if (request !== undefined) {
      own.referrer = init?.referrer ?? request.referrer;
      own.referrerPolicy = init?.referrerPolicy ?? request.referrerPolicy;
    }
    const headers = this.#headersOf(context, observed);
    if (headers !== undefined) own.headers = headers;
    return init === undefined ? own : overlay(init, own);
  }

  #headersOf(context: AttemptSender, observed: AttemptFanOut | undefined): Headers | undefined {
    const { init, request } = this.#read;
    if (context.token === undefined && !observed?.wantsHeaders) return undefined;
    try {
      const headers = new Headers(init?.headers ?? request?.headers);
      if (context.token !== undefined) headers.set('authorization', `Bearer ${context.token}`);
      observed?.headers(headers);
      return headers;
    } catch {
      // Headers that cannot be sent: the inner fetch says so in its own words.
      return undefined;
    }
  }
}

// An init that is not a plain object (a Request, a class with getters) must be asked itself.
function overlay(init: FetchInit, own: FetchInit): FetchInit {
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype === Object.prototype || prototype === null) return { ...init, ...own };
  return new Proxy(init, {
    get: (target, key): unknown => Reflect.get(key in own ? own : target, key),
    has: (target, key) => key in own || key in target,
  });
}
