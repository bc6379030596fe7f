import { operationFor } from '../../catalogue/routes.ts';
import { batchedResponses, failuresOf } from '../../failure/batch-failures.ts';
import type { Failure } from '../../failure/failure.ts';
import { safeGet, safeGetString } from '../../failure/safe-get.ts';
import { bytesOf, parseJson } from '../../failure/text.ts';
import { isRecord } from '../../is.ts';
import type { ClientKind } from '../../observe/observer.ts';
import type { CallSpec } from '../../pipeline/call.ts';
import { failedCallEnd, observeCall } from '../../pipeline/call-events.ts';
import { limitsOf } from '../../pipeline/limits.ts';
import { gateCallOf, type Pipeline } from '../../pipeline/pipeline.ts';
import { RequestInfo } from './request-info.ts';

/** Graph accepts no larger batch, in bytes or characters. */
const MAX_BATCH_SIZE = 4_194_304;

/** One request in a Graph `$batch`. */
interface BatchedRequest {
  readonly id: string;
  readonly spec: CallSpec;
}

/**
 * The requests in a Graph `$batch`. Each has its own operation, quota and response; observers see each as a
 * separate call.
 */
export class Batch {
  /** Whether the whole batch may be sent twice. */
  readonly idempotent: boolean;
  readonly #pipeline: Pipeline;
  readonly #requests: readonly BatchedRequest[];
  #sentAt = 0;

  /** @param url - the URL of the batch itself */
  constructor(pipeline: Pipeline, client: ClientKind, url: URL, body: unknown) {
    this.#pipeline = pipeline;
    const listed = safeGet(documentOf(body), 'requests');
    const requests: readonly unknown[] = Array.isArray(listed) ? listed : [undefined];
    this.#requests = requests.flatMap((request) => requestOf(request, pipeline, client, url));
    // A request that cannot be read may change something.
    this.idempotent =
      this.#requests.length === requests.length &&
      this.#requests.every(({ spec }) => spec.limits.idempotent);
  }

  /** Counts the requests for their quotas. A batch does not wait for those: it has its own. */
  sent(): void {
    const { gate, settings, clock } = this.#pipeline;
    this.#sentAt = clock.now();
    if (settings.quota === undefined) return;
    for (const { spec } of this.#requests) {
      const request = { ...gateCallOf(settings, spec), attempt: 1, limitMs: 0, signal: undefined };
      const answer = gate.acquire({ ...request, held: () => undefined });
      Promise.resolve(answer).then(
        (permit) => permit && 'completed' in permit && permit.completed(),
        () => undefined,
      );
    }
  }

  /**
   * Passes each response to the observers, and pauses the quota groups that are throttled.
   *
   * @param body - the body of the batch's response: a document, or its text
   */
  responded(body: unknown): void {
    const document = documentOf(body);
    const failures = failuresOf(document, this.#pipeline.time);
    for (const { id, status } of batchedResponses(document)) {
      const request = this.#requests.find((one) => one.id === id);
      if (request === undefined) continue;
      const failure = failures.get(id);
      this.#observe(request.spec, status, failure);
      if (failure?.status === 429) this.#pause(request.spec, failure);
    }
  }

  #observe(spec: CallSpec, status: number, failure: Failure | undefined): void {
    const events = observeCall(this.#pipeline, spec);
    const durationMs = this.#pipeline.clock.now() - this.#sentAt;
    const attempt = events?.attempt({ attempt: 1, delayMs: 0 });
    attempt?.end({ attempt: 1, durationMs, status, ...(failure && { failure }) });
    if (failure === undefined) {
      events?.end({ outcome: 'success', attempts: 1, durationMs });
    } else {
      const reason = failure.verdict === 'terminal' ? 'terminal' : 'retries-exhausted';
      events?.end(failedCallEnd(1, durationMs, failure, reason));
    }
  }

  #pause(spec: CallSpec, failure: Failure): void {
    const { gate, settings } = this.#pipeline;
    const waitMs = failure.retryAfterMs ?? settings.retry.throttleInitialDelayMs;
    gate.throttled(gateCallOf(settings, spec), waitMs, failure, undefined);
  }
}

/** The operation of a request in a batch, and its limits. */
export function batchedOperation(
  { settings }: Pipeline,
  method: string,
  url: URL,
): Pick<CallSpec, 'operation' | 'limits'> {
  const target = { method, host: url.host, path: url.pathname };
  const operation = operationFor(target, settings.hosts);
  const limits = limitsOf(settings, operation, operation.name, method.toUpperCase());
  return { operation, limits };
}

/** Resolves the URL of a request in a batch against the URL of the batch. */
export function batchedUrl(url: unknown, batchUrl: URL): URL | undefined {
  if (typeof url !== 'string') return undefined;
  return URL.parse(url.replace(/^\/+/, ''), batchUrl.href) ?? undefined;
}

function requestOf(
  request: unknown,
  pipeline: Pipeline,
  client: ClientKind,
  batchUrl: URL,
): readonly BatchedRequest[] {
  const [id, method] = [safeGetString(request, 'id'), safeGetString(request, 'method')];
  const url = batchedUrl(safeGet(request, 'url'), batchUrl);
  if (id === undefined || method === undefined || url === undefined) return [];
  const { operation, limits } = batchedOperation(pipeline, method, url);
  const spec: CallSpec = {
    operation,
    limits,
    name: operation.name,
    client,
    host: url.host,
    request: new RequestInfo({ method: method.toUpperCase(), url }, operation.route),
    signal: undefined,
    resendable: true,
  };
  return [{ id, spec }];
}

function documentOf(body: unknown): unknown {
  if (typeof body === 'string') return body.length > MAX_BATCH_SIZE ? undefined : parseJson(body);
  const bytes = bytesOf(body);
  if (bytes === undefined) return isRecord(body) ? body : undefined;
  return bytes.byteLength > MAX_BATCH_SIZE ? undefined : parseJson(new TextDecoder().decode(bytes));
}
