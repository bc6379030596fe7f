import type { Readable, Writable } from 'node:stream';
import type { Screen } from './terminal/screen.ts';

/** Everything of the process that a command reads and writes, so that a test can replace it. */
export interface Context {
  /** Standard input, and whether it is a terminal. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Standard output, for data. Large or endless data goes to `stream`, which can be slow. */
  readonly out: Output;
  /** Standard error, for progress and messages. */
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl+C and SIGTERM: a server drains and exits, a call is cancelled. */
  readonly signal: AbortSignal;
}

/** A standard stream and its display. */
export interface Output extends Screen {
  readonly stream: Writable;
  write(text: string): void;
  /** Writes one or several lines. */
  line(text?: string): void;
}
