import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { wrap } from './terminal/layout.ts';

/**
 * Runs one command line.
 *
 * @param argv - the arguments after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, context);
  }
}

function report(error: unknown, { err, signal }: Context): number {
  // Commander has already printed the error. Help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (signal.aborted && !(error instanceof CommandError)) return EXIT.interrupted;
  const { message, hint, exitCode } = readable(error);
  err.line(wrap(`${err.style('red', 'error:')} ${message}`, err.columns));
  if (hint !== undefined) err.line(wrap(hint, err.columns));
  return exitCode;
}

function readable(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  return new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
}
