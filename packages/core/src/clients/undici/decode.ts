import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { safeGet } from '../../failure/safe-get.ts';

/** A longer body, once decoded, is no error of the API's; in bytes. */
const MAX_DECODED = 1_048_576;

type Decode = (bytes: Uint8Array, options: ZlibOptions) => Promise<Uint8Array>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)],
  ['x-gzip', promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<Uint8Array, ZlibOptions, Buffer>(inflate)],
  ['br', promisify<Uint8Array, ZlibOptions, Buffer>(brotliDecompress)],
]);

/** Whether a body goes by a content encoding. */
export function isEncoded(encoding: unknown): encoding is string {
  return typeof encoding === 'string' && encoding !== 'identity';
}

/** The beginning of a body without its content encoding; undefined where it cannot be decoded. */
export async function decodeStart(
  bytes: Uint8Array,
  encoding: string,
): Promise<Uint8Array | undefined> {
  const decode = DECODERS.get(encoding.toLowerCase());
  const finishFlush =
    encoding.toLowerCase() === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH;
  try {
    return await decode?.(bytes, { finishFlush, maxOutputLength: MAX_DECODED });
  } catch {
    // The bytes are not of that encoding: the status and the headers must do.
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
