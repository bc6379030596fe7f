import type { Screen } from './screen.ts';

/** Formats the examples at the end of a command's help, each below its description. */
export function examples(
  rows: readonly (readonly [command: string, what: string])[],
  { style }: Screen,
): string {
  const lines = rows.map(([command, what]) => `  ${style('dim', `# ${what}`)}\n  ${command}`);
  return `\n${style('bold', 'Examples:')}\n${lines.join('\n')}`;
}
