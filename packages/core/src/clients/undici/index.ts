/**
 * For undici's dispatchers, versions 6, 7 and 8, and through `setGlobalDispatcher` for the fetch that is
 * built into Node. Needs Node 22 or later.
 *
 * @packageDocumentation
 */

import { attachFailure, failureOf } from '../../failure/attach.ts';
import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { refuseOptions } from '../../validation/refuse-options.ts';
import { fromLegacy, isLegacy, toLegacy } from './legacy-handler.ts';
import type { ResponseAttempt } from './response-attempt.ts';
import { ResponseForwarder } from './response-forwarder.ts';
import type { Dispatch, DispatchOptions, Handler, UndiciInterceptor } from './types.ts';
import { UndiciCall } from './undici-call.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';
export type { UndiciInterceptor } from './types.ts';

/**
 * An interceptor that makes every request of a dispatcher resilient. Works with undici 6, 7 and 8, on
 * Node.
 *
 * Responses stream and keep their back-pressure. After the last attempt, an HTTP error reaches the caller as
 * an ordinary response, and a rejection is undici's own error.
 *
 * Compose it after `dns` and before `redirect` and `decompress`, so that it wraps the first and the others
 * wrap it. Upgrades and `CONNECT` pass untouched.
 *
 * @example
 * ```ts
 * const { dns, redirect } = interceptors;
 * setGlobalDispatcher(
 *   new Agent().compose(dns(), undiciInterceptor(resilience), redirect({ maxRedirections: 3 })),
 * );
 * ```
 */
export function undiciInterceptor(resilience: ResilienceLike): UndiciInterceptor {
  refuseOptions('undiciInterceptor', arguments[1]);
  const pipeline = pipelineOf(resilience, 'undiciInterceptor');
  // The responses that fetch and other clients create no longer show that they passed here.
  followContext();
  return <D extends (options: never, handler: never) => boolean>(dispatch: D): D => {
    // undici's types differ between versions; the parts that are used are checked below.
    const inner = dispatch as unknown as Dispatch;
    const resilient: Dispatch = (options, handler) => start(pipeline, inner, options, handler);
    return resilient as unknown as D;
  };
}

function start(
  pipeline: Pipeline,
  dispatch: Dispatch,
  options: DispatchOptions,
  handler: object,
): boolean {
  const legacy = isLegacy(handler);
  if (!isRequest(options) || !(legacy || isHandler(handler))) return dispatch(options, handler);
  const controller = new AbortController();
  const forwarder = new ResponseForwarder(legacy ? fromLegacy(handler) : handler, (reason) =>
    controller.abort(reason),
  );
  let sent = false;
  const send = (attemptOptions: DispatchOptions, attempt: Handler): void => {
    sent = true;
    dispatch(attemptOptions, legacy ? toLegacy(attempt) : attempt);
  };
  runCall(pipeline, new UndiciCall(pipeline, options, forwarder, controller.signal, send))
    .then(
      (attempt) => forward(attempt, forwarder),
      (error: unknown) => forwarder.fail(error),
    )
    .catch((error: unknown) => forwarder.crash(error));
  // If the first attempt has to wait, the caller can abort before it begins.
  if (!sent) forwarder.start(undefined);
  return true;
}

function forward(attempt: ResponseAttempt, forwarder: ResponseForwarder): void {
  if (forwarder.aborted && attempt.status >= 400) {
    attempt.dispose();
    forwarder.fail(forwarder.reason);
    return;
  }
  const failure = failureOf(attempt);
  if (failure !== undefined) attachFailure(attempt.headers, failure);
  attempt.forward();
}

function isRequest(options: unknown): options is DispatchOptions {
  if (typeof options !== 'object' || options === null) return false;
  const { upgrade, method } = options as DispatchOptions;
  return !upgrade && method !== 'CONNECT';
}

function isHandler(handler: unknown): handler is Handler {
  return typeof handler === 'object' && handler !== null && 'onRequestStart' in handler;
}
