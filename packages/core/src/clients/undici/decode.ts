import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';

/** A longer body, once decoded, is no error of the API's; in bytes. */
const MAX_DECODED = 1_048_576;

// A body that was cut off is decoded as far as it goes.
const ZLIB_OPTIONS = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECODED };
const BROTLI_OPTIONS = {
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
  maxOutputLength: MAX_DECODED,
};

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, ZLIB_OPTIONS),
  'x-gzip': (bytes) => gunzipSync(bytes, ZLIB_OPTIONS),
  deflate: (bytes) => inflateSync(bytes, ZLIB_OPTIONS),
  br: (bytes) => brotliDecompressSync(bytes, BROTLI_OPTIONS),
};

/** The beginning of a body without its content encoding; undefined where it cannot be decoded. */
export function decode(bytes: Uint8Array, encoding: unknown): Uint8Array | undefined {
  if (typeof encoding !== 'string' || encoding === 'identity') return bytes;
  try {
    return DECODERS[encoding.toLowerCase()]?.(bytes);
  } catch {
    // The bytes are not of that encoding: the status and the headers must do.
    return undefined;
  }
}
