import { FLAGS, type Flag } from './flags.ts';

const COLUMNS = 80;
const INDENT = 29;

const INTRODUCTION = `Usage: defender-rules [rules|alertmanager|dashboards] [flags]

Writes alert rules for the metrics of Defender API calls, Alertmanager's routing
and inhibition for them, or Grafana dashboards.

  defender-rules > rules/defender.yaml
  defender-rules --group-by job,tenant --severity accessLost=critical
  defender-rules --format operator --metadata-label release=prometheus
  defender-rules alertmanager -o alertmanager.yml
  defender-rules dashboards -o dashboards/
`;

const COMMON: readonly (readonly [string, string])[] = [
  [
    '-c, --config <file>',
    'a JSON file with options, by the names of rules() and dashboards(); flags override it',
  ],
  ['-o, --output <path>', 'the file, or the folder of the dashboards (default: standard output)'],
  ['-h, --help', 'this text'],
];

/** The help text, at most 80 columns wide. */
export function helpText(): string {
  const of = (title: string, flags: readonly Flag[]): string =>
    section(
      title,
      flags.map(({ name, value, help }) => [`--${name}${value ? ` ${value}` : ''}`, help]),
    );
  return [
    INTRODUCTION,
    section('Flags', COMMON),
    of(
      'Flags of all three',
      FLAGS.filter(({ subjects }) => subjects.length === 3),
    ),
    of(
      'Flags of rules and alertmanager',
      FLAGS.filter(({ subjects }) => subjects.length === 2),
    ),
    of(
      'Flags of dashboards',
      FLAGS.filter(({ subjects }) => subjects.length === 1),
    ),
  ].join('\n');
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([flag, help]) => {
    const [first = '', ...more] = wrapped(help, COLUMNS - INDENT);
    const start = `  ${flag}`;
    const head =
      start.length < INDENT ? [start.padEnd(INDENT) + first] : [start, ' '.repeat(INDENT) + first];
    return [...head, ...more.map((line) => ' '.repeat(INDENT) + line)].join('\n');
  });
  return `${title}:\n${lines.join('\n')}\n`;
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
