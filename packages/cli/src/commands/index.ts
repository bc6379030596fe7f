import type { AddCommand } from './add-command.ts';

/** The commands, in the order in which the help lists them. */
export const COMMANDS: readonly AddCommand[] = [];
