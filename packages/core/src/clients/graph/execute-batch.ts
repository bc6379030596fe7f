import { batchOperation } from '../../catalogue/operations-graph.ts';
import { sleep } from '../../clock.ts';
import { batchedResponses, failuresOf } from '../../failure/batch-failures.ts';
import { DeadlineExceededError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import { safeGet } from '../../failure/safe-get.ts';
import { abortSignal } from '../../options/call-options.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { BackoffSequence, jitteredRetryAfter } from '../../policy/backoff.ts';
import { checkOptions, number, type OptionRules } from '../../validation/check-options.ts';
import { batchedOperation, batchedUrl } from '../shared/batch.ts';
import { type TimeLimit, withinTime } from './within-time.ts';

/** One request in a `$batch`. */
export interface GraphBatchRequest {
  readonly id: string;
  readonly method: string;
  /** Relative to the version of Graph, such as `/security/incidents`. */
  readonly url: string;
  readonly headers?: object;
  readonly body?: unknown;
  /** The IDs of the requests that must succeed before this one is carried out. */
  readonly dependsOn?: readonly string[];
}

/** The body of a `$batch` request. */
export interface GraphBatch {
  readonly requests: readonly GraphBatchRequest[];
}

/** One response in the response of a `$batch`. */
export interface GraphBatchedResponse {
  readonly id: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The response of a `$batch`. */
export interface GraphBatchResponse {
  readonly responses: readonly GraphBatchedResponse[];
}

/** The options of `executeBatch`. */
export interface ExecuteBatchOptions {
  /** Cancels the batch at once, even during a wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The time limit of the whole batch, in milliseconds. No request is sent again if its wait would exceed it.
   *
   * @defaultValue the wrapper's `deadlineMs`
   */
  readonly deadlineMs?: number;
}

/** The second argument of `send`. */
export interface BatchContext {
  /** Aborts when the caller's own signal does, or when the time is up. */
  readonly signal: AbortSignal;
}

type SendBatch = (batch: GraphBatch, context: BatchContext) => PromiseLike<GraphBatchResponse>;

/** Any Graph host will do: all have the same operations. */
const BATCH_URL = new URL('https://graph.microsoft.com/v1.0/$batch');

/**
 * Sends a Graph `$batch`, then sends the requests that were throttled or failed temporarily again, after the
 * longest wait that the service asked for. Does not repeat an action that may have been carried out. Follows
 * the wrapper's `retry` options: stops after `maxRetries`, when a wait is longer than `maxRetryAfterMs` or
 * ends after the deadline, or when the retry budget is used up.
 *
 * @param send - posts a batch and returns its document
 * @returns the last response to each request; `failuresOf` says what is wrong with them
 * @throws whatever `send` rejects with
 * @throws DeadlineExceededError if the deadline passed before `send` returned
 * @throws TypeError when the batch has no requests, `send` is not a function, or an option is invalid
 * @example
 * ```ts
 * const batch = { requests: [{ id: '1', method: 'GET', url: '/security/incidents' }] };
 * const { responses } = await executeBatch(resilience, batch, (part) =>
 *   client.api('/$batch').post(part),
 * );
 * ```
 */
export async function executeBatch(
  resilience: ResilienceLike,
  batch: GraphBatch,
  send: SendBatch,
  options: ExecuteBatchOptions = {},
): Promise<GraphBatchResponse> {
  const pipeline = pipelineOf(resilience, 'executeBatch');
  checkArguments(batch, send, options);
  const { clock, lifecycle, settings } = pipeline;
  const { signal } = options;
  const time = timeLimitOf(pipeline, options);
  const backoff = new BackoffSequence(settings.retry, settings.random);
  const latest = new Map<string, GraphBatchedResponse>();
  let pending = batch.requests;
  for (let retries = 0; ; retries += 1) {
    signal?.throwIfAborted();
    const part = retries === 0 ? batch : { ...batch, requests: pending };
    const response = await withinTime((signal) => send(part, { signal }), clock, time);
    if (!Array.isArray(safeGet(response, 'responses')) && retries === 0) return response;
    const failures = failuresOf(response, pipeline.time);
    for (const one of answersIn(response)) latest.set(one.id, one);
    pending = retriesOf(pipeline, pending, failures);
    const waitMs = waitFor(pipeline, pending, failures, backoff);
    const mayRetry =
      retries < settings.retry.maxRetries &&
      waitMs !== undefined &&
      !lifecycle.closed &&
      clock.now() + waitMs < time.endsAt &&
      pipeline.budget.tryRetry(clock.now());
    if (!mayRetry || (await closedWhileWaiting(pipeline, waitMs, signal))) {
      return { ...response, responses: [...latest.values()] };
    }
  }
}

function timeLimitOf({ clock, settings }: Pipeline, options: ExecuteBatchOptions): TimeLimit {
  const { name } = batchOperation;
  const { deadlineMs } = limitsOf(settings, batchOperation, name, 'POST', options);
  const timeUp = new DeadlineExceededError({ operation: name, timeoutMs: deadlineMs });
  return { endsAt: clock.now() + deadlineMs, timeUp, signal: options.signal };
}

/** The responses that have an ID and a status. */
function answersIn(response: GraphBatchResponse): readonly GraphBatchedResponse[] {
  const answered = new Set(batchedResponses(response).map(({ id }) => id));
  return answered.size === 0 ? [] : response.responses.filter(({ id }) => answered.has(id));
}

/** Waits, then says whether the wrapper was closed meanwhile. Rejects when the caller aborts. */
async function closedWhileWaiting(
  { clock, lifecycle }: Pipeline,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const wait = lifecycle.waitSignal(signal);
  try {
    await sleep(clock, waitMs, wait.signal);
  } catch {
    signal?.throwIfAborted();
  } finally {
    wait.release();
  }
  return lifecycle.closed;
}

const OPTIONS: OptionRules = {
  signal: abortSignal,
  deadlineMs: number(1),
};

/** Callers in JavaScript have no types to stop them. */
function checkArguments(batch: unknown, send: unknown, options: unknown): void {
  if (!Array.isArray(safeGet(batch, 'requests'))) {
    throw new TypeError('executeBatch takes a batch after the wrapper: { requests: [...] }');
  }
  if (typeof send !== 'function') {
    throw new TypeError(`executeBatch takes a function that sends a batch, got ${typeof send}`);
  }
  checkOptions('executeBatch', OPTIONS, options);
}

/** The requests that are worth sending again. They depend only on each other. */
function retriesOf(
  pipeline: Pipeline,
  requests: readonly GraphBatchRequest[],
  failures: ReadonlyMap<string, Failure>,
): readonly GraphBatchRequest[] {
  const ids = new Set<string>();
  // In the order of the batch: a request depends on those before it.
  for (const request of requests) {
    const failure = failures.get(request.id);
    if (failure === undefined) continue;
    const failedBefore = failure.status === 424 && request.dependsOn?.some((id) => ids.has(id));
    if (failedBefore || mayRetry(pipeline, request, failure)) ids.add(request.id);
  }
  return requests
    .filter(({ id }) => ids.has(id))
    .map(({ dependsOn, ...request }) => {
      const open = dependsOn?.filter((id) => ids.has(id)) ?? [];
      return open.length === 0 ? request : { ...request, dependsOn: open };
    });
}

function mayRetry(
  pipeline: Pipeline,
  { method, url }: GraphBatchRequest,
  { verdict, ambiguous }: Failure,
): boolean {
  if (verdict !== 'retryable') return false;
  if (!ambiguous) return true;
  const target = batchedUrl(url, BATCH_URL);
  return target !== undefined && batchedOperation(pipeline, method, target).limits.idempotent;
}

/** The longest wait; undefined if nothing is to be sent again, or one of them is too long. */
function waitFor(
  { settings }: Pipeline,
  requests: readonly GraphBatchRequest[],
  failures: ReadonlyMap<string, Failure>,
  backoff: BackoffSequence,
): number | undefined {
  if (requests.length === 0) return undefined;
  const asked = requests.flatMap(({ id }) => failures.get(id)?.retryAfterMs ?? []);
  if (asked.length === 0) return backoff.next();
  const longest = Math.max(...asked);
  return longest > settings.retry.maxRetryAfterMs
    ? undefined
    : jitteredRetryAfter(longest, settings.random);
}
