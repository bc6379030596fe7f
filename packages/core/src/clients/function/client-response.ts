import { hasMethod, safeGet, safeGetObject, tagOf } from '../../failure/safe-get.ts';
import { isObject } from '../../is.ts';

/**
 * Whether a value is a fetch `Response`. Checks its tag instead of using `instanceof`, because naming the
 * global would load all of Node's fetch.
 */
export function isFetchResponse(value: unknown): value is Response {
  return isObject(value) && tagOf(value) === 'Response' && hasNumber(value, 'status');
}

/** Responses of clients other than fetch, recognised by combinations of properties that no other object has. */
const SHAPES: readonly ((value: object) => boolean)[] = [
  // axios
  (value) =>
    hasNumber(value, 'status') && hasObjects(value, 'headers', 'config') && 'data' in value,
  // Node's IncomingMessage; got, needle and others add to it.
  (value) => hasNumber(value, 'statusCode') && hasObjects(value, 'headers', 'rawHeaders', 'socket'),
  // got, of a response that came from its cache or was rebuilt
  (value) => hasNumber(value, 'statusCode') && hasObjects(value, 'headers') && 'rawBody' in value,
  // undici's request
  (value) => hasNumber(value, 'statusCode') && hasObjects(value, 'headers', 'trailers', 'body'),
  // superagent
  (value) => hasNumber(value, 'status') && hasObjects(value, 'header', 'req') && 'text' in value,
  // the Azure SDKs' pipelines
  (value) =>
    hasNumber(value, 'status') &&
    hasObjects(value, 'headers', 'request') &&
    hasMethod(safeGet(value, 'headers'), 'get'),
];

/** Whether a value is an HTTP response of axios, got, undici, superagent, an Azure SDK, or Node itself. */
export function isClientResponse(value: unknown): value is object {
  return isObject(value) && SHAPES.some((matches) => matches(value));
}

/** The HTTP status of a response. */
export function statusOf(response: object): number | undefined {
  const status = safeGet(response, 'statusCode') ?? safeGet(response, 'status');
  return typeof status === 'number' ? status : undefined;
}

/** The properties in which clients keep a body that is still a stream. */
const STREAMS = ['body', 'data', 'readableStreamBody'] as const;

/** Drops the stream of a response that nobody will read, so that its connection is released. */
export function disposeClientResponse(response: object): void {
  for (const stream of [response, ...STREAMS.map((key) => safeGet(response, key))]) {
    try {
      // undici's own method reads the rest, so that the connection can be reused.
      if (hasMethod(stream, 'dump')) Promise.resolve(stream.dump()).catch(() => undefined);
      else if (hasMethod(stream, 'destroy')) stream.destroy();
    } catch {
      // A stream that cannot be closed holds no connection of ours.
    }
  }
}

function hasNumber(value: object, key: string): boolean {
  return typeof safeGet(value, key) === 'number';
}

function hasObjects(value: object, ...keys: readonly string[]): boolean {
  return keys.every((key) => safeGetObject(value, key) !== undefined);
}
