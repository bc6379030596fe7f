import { sleep } from '../../clock.ts';
import { batchedResponses, failuresOf } from '../../failure/batch-failures.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { pipelineOf, type ResilienceLike } from '../../pipeline/pipeline-of.ts';
import { BackoffSequence, jitteredRetryAfter } from '../../policy/backoff.ts';
import { batchedOperation, batchedUrl } from '../shared/batch.ts';

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
  /** Ends the waits at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Any host of Graph's will do: the operations of all are the same. */
const BATCH_URL = new URL('https://graph.microsoft.com/v1.0/$batch');

/**
 * Sends a Graph `$batch`, and sends the requests in it that were throttled, or failed in another way that
 * passes, again: alone, after the longest wait that they were asked for. An action that may have been carried
 * out is not sent again. Stops as `retry` of the wrapper says: after `maxRetries`, where a wait is longer than
 * `maxRetryAfterMs`, or where the retry budget is used up.
 *
 * @param send - posts a batch and returns its document
 * @returns the last response to each request; `failuresOf` says what is wrong with them
 * @throws whatever `send` rejects with
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
  send: (batch: GraphBatch) => PromiseLike<GraphBatchResponse>,
  { signal }: ExecuteBatchOptions = {},
): Promise<GraphBatchResponse> {
  const pipeline = pipelineOf(resilience, 'executeBatch');
  const { clock, lifecycle, settings } = pipeline;
  const backoff = new BackoffSequence(settings.retry, settings.random);
  const latest = new Map<string, GraphBatchedResponse>();
  let pending = batch.requests;
  for (let retries = 0; ; retries += 1) {
    signal?.throwIfAborted();
    const response = await send(retries === 0 ? batch : { ...batch, requests: pending });
    const failures = failuresOf(response, { now: () => clock.epoch() });
    const answered = new Set(batchedResponses(response).map(({ id }) => id));
    for (const one of response.responses) if (answered.has(one.id)) latest.set(one.id, one);
    pending = retriesOf(pipeline, pending, failures);
    const waitMs = waitFor(pipeline, pending, failures, backoff);
    const mayRetry =
      retries < settings.retry.maxRetries && waitMs !== undefined && !lifecycle.closed;
    if (!mayRetry || !pipeline.budget.tryRetry(clock.now())) {
      return { ...response, responses: [...latest.values()] };
    }
    if (await closedWhileWaiting(pipeline, waitMs, signal)) {
      return { ...response, responses: [...latest.values()] };
    }
  }
}

/** Waits, and says whether the wrapper was closed meanwhile. Rejects when the caller aborts. */
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

/** The requests that make sense to be sent again. They depend on each other only. */
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
  return target !== undefined && batchedOperation(pipeline, method, target).idempotent;
}

/** The longest wait; undefined where nothing is to be sent again, or one of them is too long. */
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
