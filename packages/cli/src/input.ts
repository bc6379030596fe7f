import { readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandError, EXIT } from './exit-codes.ts';

/** The largest input in bytes: larger than any HAR file that people look at. */
const MAX_INPUT = 64 * 1024 * 1024;
const TOO_LARGE = 'Cut out the part with the error: at most 64 MiB are read.';

/** Reads a file that the user named. */
export async function readFileOf(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_INPUT)
      throw new CommandError(`${path} is too large`, { hint: TOO_LARGE });
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new CommandError(`${path} cannot be read (${why})`, {
      hint: 'Check the name of the file and its permissions.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}

/** Reads standard input to its end. */
export async function readStdin(stdin: Readable): Promise<string> {
  let input = '';
  for await (const chunk of stdin.setEncoding('utf8')) {
    input += String(chunk);
    if (input.length > MAX_INPUT) {
      throw new CommandError('standard input is too large', { hint: TOO_LARGE });
    }
  }
  return input;
}
