import type { Readable, Writable } from 'node:stream';
import type { Screen } from './terminal/screen.ts';

/** What a command may read and write: everything of the process that it needs, so that a test can replace it. */
export interface Context {
  /** Standard input, and whether a person types there. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Standard output, for data. Large or endless data goes to `stream`, which can be slow. */
  readonly out: Output;
  /** Standard error, for progress and messages. */
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl+C and SIGTERM: a server drains and ends, a call is cancelled. */
  readonly signal: AbortSignal;
}

/** A standard stream and what it can show. */
export interface Output extends Screen {
  readonly stream: Writable;
  write(text: string): void;
  /** Writes a line, or several. */
  line(text?: string): void;
}
