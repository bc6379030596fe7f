import { attachFailure } from '../../failure/attach.ts';
import type { Failure } from '../../failure/failure.ts';
import { isObject } from '../../is.ts';

/**
 * Makes the failure available on the error that the Graph SDK creates for a response.
 *
 * The SDK's error keeps the response's own `Headers`, where `failureOf` looks. But if the body is not Graph's
 * JSON (a gateway's HTML page), the SDK throws an error without code, message and ID. The SDK reads one
 * property of the parsed body, `error`. This function adds it, invisible to everyone else, so that the SDK's
 * own error has the status, the code and the ID.
 */
export function annotateResponse(response: Response, failure: Failure, date: Date): void {
  attachFailure(response.headers, failure);
  if (response.body !== null) annotate(response.body, failure, date);
  onDocument(response, (document) => annotate(document, failure, date));
}

/**
 * Makes the missing providers of a partial response available on its document, which is all that the SDK
 * returns.
 */
export function annotatePartial(response: Response, failure: Failure): void {
  onDocument(response, (document) => attachFailure(document, failure));
}

function onDocument(response: Response, visit: (document: object) => void): void {
  const readJson = response.json.bind(response);
  const json = async (): Promise<unknown> => {
    const document: unknown = await readJson();
    if (isObject(document)) visit(document);
    return document;
  };
  Object.defineProperty(response, 'json', { value: json, configurable: true, writable: true });
}

function annotate(read: object, failure: Failure, date: Date): void {
  attachFailure(read, failure);
  if ('error' in read) return;
  const { code, message, trackingId } = failure;
  const ids = trackingId === undefined ? {} : { 'request-id': trackingId };
  const value = { code, message, innerError: { ...ids, date: date.toISOString() } };
  Object.defineProperty(read, 'error', { value, configurable: true, enumerable: false });
}
