/**
 * For undici's dispatchers, and through `setGlobalDispatcher` for the fetch that is built into Node.
 *
 * @packageDocumentation
 */

import { attachFailure, failureOf } from '../../failure/attach.ts';
import { followContext } from '../../pipeline/nested-calls.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { runCall } from '../../pipeline/run-call.ts';
import { fromLegacy, isLegacy, toLegacy } from './legacy-handler.ts';
import type { UndiciAttempt } from './response-attempt.ts';
import { ResponseForwarder } from './response-forwarder.ts';
import type { Dispatch, DispatchOptions, Handler, UndiciInterceptor } from './types.ts';
import { UndiciCall } from './undici-call.ts';

export type { ResilienceLike } from '../../pipeline/pipeline-of.ts';
export type { UndiciInterceptor } from './types.ts';

/**
 * An interceptor that makes every request of a dispatcher resilient. Responses stream and keep their
 * back-pressure; an HTTP error that is given up on reaches the caller as the answer that it is, and a
 * rejection is undici's own error.
 *
 * Compose it after `dns` and before `redirect` and `decompress`, so that it stands outside the first
 * and inside the others. Upgrades and `CONNECT` pass untouched.
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
  const pipeline = pipelineOf(resilience, 'undiciInterceptor');
  // What fetch and others make of an answer no longer shows that it passed here.
  followContext();
  return <D extends (options: never, handler: never) => boolean>(dispatch: D): D => {
    // The types of all undici versions meet in what is used of them, which is checked below.
    const below = dispatch as unknown as Dispatch;
    const resilient: Dispatch = (options, handler) => start(pipeline, below, options, handler);
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
  const aborter = new AbortController();
  const target: Handler = legacy ? fromLegacy(handler) : handler;
  const sink = new ResponseForwarder(target, (reason) => aborter.abort(reason));
  let sent = false;
  const plan = new UndiciCall(
    pipeline,
    options,
    sink,
    aborter.signal,
    (attemptOptions, attempt) => {
      sent = true;
      dispatch(attemptOptions, legacy ? toLegacy(attempt) : attempt);
    },
  );
  runCall(pipeline, plan)
    .then(
      (attempt) => handOn(attempt, sink),
      (error: unknown) => sink.fail(error),
    )
    .catch((error: unknown) => sink.crash(error));
  // The first attempt waits: the caller must be able to abort before it begins.
  if (!sent) sink.start(undefined);
  return true;
}

function handOn(attempt: UndiciAttempt, sink: ResponseForwarder): void {
  if (sink.aborted && attempt.status >= 400) {
    attempt.drop();
    sink.fail(sink.reason);
    return;
  }
  const failure = failureOf(attempt);
  if (failure !== undefined) attachFailure(attempt.headers, failure);
  attempt.release();
}

function isRequest(options: unknown): options is DispatchOptions {
  if (typeof options !== 'object' || options === null) return false;
  const { upgrade, method } = options as DispatchOptions;
  return !upgrade && method !== 'CONNECT';
}

function isHandler(handler: unknown): handler is Handler {
  return typeof handler === 'object' && handler !== null && 'onRequestStart' in handler;
}
