/** The exit codes of every command, and what each means to a script. */
export const EXIT = {
  /** Success. `explain`: the input does not contain an error. */
  ok: 0,
  /** Failure: a port is taken, a file cannot be read, a host cannot be reached. */
  failed: 1,
  /** The command line or an input file is wrong. */
  usage: 2,
  /** A check found differences. */
  differs: 3,
  /** A temporary API error: sending the same request again can succeed. */
  retryable: 10,
  /** A terminal API error: the same request fails again. */
  terminal: 11,
  /** The input does not contain an error that `explain` understands. */
  notUnderstood: 12,
  /** Interrupted by Ctrl+C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * Ends a command with a message on standard error.
 *
 * @example
 * ```ts
 * throw new CommandError('port 8080 is taken', { hint: 'Choose another one: --port 8081' });
 * ```
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** What to do about it, as one or more sentences. */
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    options: {
      readonly hint?: string;
      readonly exitCode?: ExitCode;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}
