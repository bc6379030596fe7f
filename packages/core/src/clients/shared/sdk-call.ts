import { operationFor } from '../../catalogue/routes.ts';
import { DefenderApiError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import { isObject } from '../../is.ts';
import type { AttemptFanOut } from '../../observe/fan-out.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { AttemptSender } from '../../pipeline/call.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { FetchCall } from '../fetch/fetch-call.ts';
import type { FetchInit } from '../fetch/init.ts';
import type { FetchInput, FetchRequest } from '../fetch/request.ts';
import { headerOf } from './sdk-headers.ts';

/** What an attempt sends beyond what the caller gave. */
export interface SdkChanges {
  /** The caller's headers and those that observers add. */
  readonly headers: Headers | undefined;
  readonly token: string | undefined;
}

/** Sends one attempt through the rest of the SDK's chain. */
export type SdkSend = (
  input: FetchInput,
  init: FetchInit,
  changes: SdkChanges,
) => Promise<Response>;

/** One request of a Microsoft SDK whose handlers work as fetch does. */
export class SdkCall extends FetchCall {
  override readonly client: ClientKind = 'graph';
  /** What the SDK cannot make an error of, which is rejected here in its place. */
  readonly #rejects: (response: Response) => boolean;
  readonly #attempt: { token: string | undefined };

  constructor(
    pipeline: Pipeline,
    read: FetchRequest,
    send: SdkSend,
    rejects: (response: Response) => boolean,
  ) {
    const { method, url } = read;
    const target = { method, host: url.host, path: url.pathname };
    const attempt: { token: string | undefined } = { token: undefined };
    super(pipeline, operationFor(target, pipeline.settings.hosts), read, (input, init) => {
      const headers = init.headers === read.headers ? undefined : new Headers(init.headers);
      return send(input, init, { headers, token: attempt.token });
    });
    this.#attempt = attempt;
    this.#rejects = rejects;
  }

  override send(context: AttemptSender, observed: AttemptFanOut | undefined): Promise<Response> {
    this.#attempt.token = context.token;
    return super.send(context, observed);
  }

  override toError(response: Response, failure: Failure): DefenderApiError | undefined {
    if (!this.#rejects(response)) return undefined;
    const error = new DefenderApiError(failure, { operation: this.name, cause: response });
    return Object.assign(error, {
      responseStatusCode: response.status,
      responseHeaders: Object.fromEntries(
        [...response.headers].map(([name, value]) => [name, [value]]),
      ),
    });
  }
}

/** Large uploads are the upload task's own business, and a batch that of each request in it. */
export function passesThrough({ url, method }: FetchRequest, headers: unknown): boolean {
  if (method === 'POST' && url.pathname.toLowerCase().endsWith('/$batch')) return true;
  const type = headerOf(headers, 'content-type') ?? '';
  return (
    type.toLowerCase().startsWith('application/octet-stream') ||
    headerOf(headers, 'content-range') !== undefined
  );
}

/** Whether a handler is the SDK's own retry handler. By its method: minified classes have other names. */
export function isRetryHandler(handler: unknown): boolean {
  return hasProperty(handler, 'executeWithRetry');
}

/** Whether a handler fetches the token. */
export function isAuthHandler(handler: unknown): boolean {
  return hasProperty(handler, 'authenticationProvider');
}

/** The SDK's retry handler somewhere behind this one would multiply the attempts. */
export function refuseRetryHandler(first: unknown, nextKey: string, helper: string): void {
  const seen = new Set<unknown>();
  for (let handler = first; isObject(handler) && !seen.has(handler); ) {
    if (isRetryHandler(handler)) {
      throw new Error(
        `The SDK's RetryHandler is in the same chain as the resilient one: together they would multiply the attempts. Build the chain with ${helper}, which takes it out.`,
      );
    }
    seen.add(handler);
    handler = Reflect.get(handler, nextKey);
  }
}

let warned = false;

/**
 * Whether a retry handler in front of this one sends the request again, which then passes as it is: it
 * was repeated as often as it makes sense.
 */
export function isRepeated(headers: unknown): boolean {
  if (headerOf(headers, 'retry-attempt') === undefined) return false;
  if (!warned) {
    warned = true;
    process.emitWarning(
      "The SDK's RetryHandler stands before the resilient middleware and repeats what that gave up on; take it out of the chain.",
      { code: 'DEFENDER_RESILIENCE_NESTED' },
    );
  }
  return true;
}

function hasProperty(handler: unknown, key: string): boolean {
  return isObject(handler) && key in handler;
}
