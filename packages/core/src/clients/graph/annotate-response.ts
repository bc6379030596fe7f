import { attachFailure } from '../../failure/attach.ts';
import type { Failure } from '../../failure/failure.ts';

/**
 * Lets the failure be found from the error that the Graph SDK will make of a response.
 *
 * The SDK's error keeps the response's own `Headers`, where `failureOf` looks. But it throws an answer
 * that is no JSON of Graph's (a gateway's HTML page) as an error without code, message and ID: whatever
 * it reads of the response it asks for an `error` property alone. That is given to it here, unseen by
 * everyone else, so that the SDK's own error tells the status, the code and the ID.
 */
export function showToGraph(response: Response, failure: Failure, date: Date): void {
  attachFailure(response.headers, failure);
  if (response.body !== null) describe(response.body, failure, date);
  const readJson = response.json.bind(response);
  const json = async (): Promise<unknown> => {
    const document: unknown = await readJson();
    if (typeof document === 'object' && document !== null) describe(document, failure, date);
    return document;
  };
  Object.defineProperty(response, 'json', { value: json, configurable: true, writable: true });
}

function describe(read: object, failure: Failure, date: Date): void {
  attachFailure(read, failure);
  if ('error' in read) return;
  const { code, message, trackingId } = failure;
  const ids = trackingId === undefined ? {} : { 'request-id': trackingId };
  const value = { code, message, innerError: { ...ids, date: date.toISOString() } };
  Object.defineProperty(read, 'error', { value, configurable: true, enumerable: false });
}
