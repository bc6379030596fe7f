import type { Command } from 'commander';

/** The options of the commands that generate monitoring files. */
export interface GeneratorOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly output?: string;
  readonly check?: string;
}

/** Adds the options `--config` and `--set`. */
export function withGeneratorOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'a JSON file with options')
    .option('--set <option=value...>', 'one option, with its value as JSON or text');
}

/** Whether `--check` names a server instead of a file or a folder. */
export function isAddress(where: string): boolean {
  return /^https?:\/\//i.test(where);
}
