import { systemClock } from '../clock.ts';
import { isObject } from '../is.ts';
import type { ClassifyOptions } from './classify.ts';
import type { Failure } from './failure.ts';
import { failureOfParts } from './http-failure.ts';
import { safeGet, safeItems } from './safe-get.ts';

/** One response in the response of a Graph `$batch`. */
export interface BatchedResponse {
  readonly id: string;
  readonly status: number;
  readonly headers: unknown;
  readonly body: unknown;
}

/** How many responses are read: Graph accepts 20 requests in a batch. */
const MAX_RESPONSES = 1_000;

/** The responses in the response of a `$batch`, as returned by Graph or one of its clients. Never throws. */
export function batchedResponses(document: unknown): readonly BatchedResponse[] {
  const listed =
    safeItems(document, MAX_RESPONSES) ?? safeItems(safeGet(document, 'responses'), MAX_RESPONSES);
  return (listed ?? []).flatMap((response) => {
    const [id, status] = [safeGet(response, 'id'), safeGet(response, 'status')];
    if (!isObject(response) || typeof id !== 'string' || typeof status !== 'number') return [];
    return [{ id, status, headers: safeGet(response, 'headers'), body: safeGet(response, 'body') }];
  });
}

/**
 * Finds the failed responses in a Graph `$batch`, whose own status is 200 even if all of them failed.
 *
 * @param batchResponse - the parsed document: `{ responses: [{ id, status, headers, body }] }`
 * @returns the failures by the ID of their request; empty if all succeeded. Never throws
 * @example
 * ```ts
 * const document = await client.api('/$batch').post({ requests });
 * for (const [id, failure] of failuresOf(document)) console.error(id, failure.code, failure.advice);
 * ```
 */
export function failuresOf(
  batchResponse: unknown,
  options: ClassifyOptions = {},
): ReadonlyMap<string, Failure> {
  const now = options?.now ?? systemClock.epoch;
  const failed = batchedResponses(batchResponse).filter(({ status }) => status >= 400);
  return new Map(failed.map((response) => [response.id, failureOfParts(response, now)]));
}
