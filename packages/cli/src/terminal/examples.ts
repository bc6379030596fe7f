import type { Screen } from './screen.ts';

/** The examples at the end of a command's help: what each does, above it. */
export function examples(
  rows: readonly (readonly [command: string, what: string])[],
  { style }: Screen,
): string {
  const lines = rows.map(([command, what]) => `  ${style('dim', `# ${what}`)}\n  ${command}`);
  return `\n${style('bold', 'Examples:')}\n${lines.join('\n')}`;
}
