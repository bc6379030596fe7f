import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';

/** The arguments for registering a command. */
interface Registration {
  readonly context: Context;
  /** Sets the exit code of a command that ends without an error. @defaultValue 0 */
  exitWith(code: ExitCode): void;
}

/** Adds one command to the program. */
export type AddCommand = (program: Command, registration: Registration) => void;
