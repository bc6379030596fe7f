import type { Command } from 'commander';

/** The options of the commands that generate files for the monitoring. */
export interface GeneratorOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly output?: string;
  readonly check?: string;
}

/** Adds the options that say with which options the files are generated. */
export function withGeneratorOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'a JSON file with options')
    .option('--set <option=value...>', 'one option, its value as JSON or as text');
}

/** Whether `--check` names a server, and not a file or a folder. */
export function isAddress(where: string): boolean {
  return /^https?:\/\//i.test(where);
}
