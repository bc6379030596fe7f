import type { Writable } from 'node:stream';
import type { Context, Output } from './context.ts';
import { screenOf } from './terminal/screen.ts';

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Creates an output from a stream of the process. */
export function outputTo(stream: Stream, env: Context['env']): Output {
  return {
    ...screenOf(stream, env),
    stream,
    write(text) {
      stream.write(text);
    },
    line(text = '') {
      stream.write(`${text}\n`);
    },
  };
}

/** Creates the context of this process. A second Ctrl+C ends the process at once. */
export function processContext(): Context {
  const { stdin, stdout, stderr, env } = process;
  const interruption = new AbortController();
  const interrupt = (): void => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // `… | head` closes the pipe when it has enough: that is not an error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    stdin,
    out: outputTo(stdout, env),
    err: outputTo(stderr, env),
    env,
    signal: interruption.signal,
  };
}
