import type { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';

/** What a command is registered with. */
interface Registration {
  readonly context: Context;
  /** Sets the exit code of a command that ends without an error; 0 unless it is called. */
  exitWith(code: ExitCode): void;
}

/** Adds one command to the program. */
export type AddCommand = (program: Command, registration: Registration) => void;
