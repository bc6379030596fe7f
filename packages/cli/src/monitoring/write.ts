import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../context.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';

/** Writes a file, and creates its folders. */
export async function writeTo(path: string, text: string, { err }: Context): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new CommandError(`${path} cannot be written (${why})`, {
      hint: 'Name another file with --output.',
      cause,
    });
  }
  err.line(`wrote ${path}`);
}

/** Whether a file equals the generated text, ignoring line endings and the formatting of JSON. */
export async function isUpToDate(path: string, text: string): Promise<boolean> {
  const deployed = await readFile(path, 'utf8').catch(() => undefined);
  return deployed !== undefined && canonical(path, deployed) === canonical(path, text);
}

function canonical(path: string, text: string): string {
  try {
    return path.endsWith('.json')
      ? JSON.stringify(JSON.parse(text))
      : text.replaceAll('\r\n', '\n').trim();
  } catch {
    return text;
  }
}

/** Prints the differences, and how to deploy the files. */
export function reportCheck(lines: readonly string[], { out, err }: Context): ExitCode {
  if (lines.length === 0) {
    err.line('Up to date.');
    return EXIT.ok;
  }
  for (const line of lines) out.line(line);
  err.line(
    `${lines.length} ${lines.length === 1 ? 'difference' : 'differences'}: generate the files again and deploy them.`,
  );
  return EXIT.differs;
}
