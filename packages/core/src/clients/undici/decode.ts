import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { safeGet } from '../../failure/safe-get.ts';

/** The longest decoded body that is read, in bytes: errors of the API are shorter. */
const MAX_DECODED = 1_048_576;

type Decode = (bytes: Uint8Array, options: ZlibOptions) => Promise<Uint8Array>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)],
  ['x-gzip', promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<Uint8Array, ZlibOptions, Buffer>(inflate)],
  ['br', promisify<Uint8Array, ZlibOptions, Buffer>(brotliDecompress)],
]);

/** Whether a body has a content encoding. */
export function isEncoded(encoding: unknown): encoding is string {
  return typeof encoding === 'string' && encoding !== 'identity';
}

/**
 * Decodes the beginning of a body, which may end in the middle of the encoded data; undefined if it cannot be
 * decoded.
 */
export async function decodeStart(
  bytes: Uint8Array,
  encoding: string,
): Promise<Uint8Array | undefined> {
  const decode = DECODERS.get(encoding.toLowerCase());
  // With these flushes, zlib accepts data that ends early.
  const finishFlush =
    encoding.toLowerCase() === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  try {
    return await decode?.(bytes, { finishFlush, maxOutputLength: MAX_DECODED });
  } catch {
    // The bytes do not have that encoding: only the status and the headers are used.
    return undefined;
  }
}

/** Whether an encoded body was cut off, which HTTP itself does not notice. */
export async function isCutOff(bytes: Uint8Array, encoding: string): Promise<boolean> {
  try {
    await DECODERS.get(encoding.toLowerCase())?.(bytes, {});
    return false;
  } catch (error) {
    return safeGet(error, 'code') === 'Z_BUF_ERROR';
  }
}
