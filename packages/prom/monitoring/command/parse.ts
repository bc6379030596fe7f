import { parseArgs } from 'node:util';
import { FLAGS, type Flag, type Subject } from './flags.ts';

/** What is wrong with a command line or an input file; its message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = Record<string, unknown>;

/** A command line as asked for. */
export interface Request {
  readonly subject: Subject;
  readonly help: boolean;
  /** A JSON file with options. */
  readonly config: string | undefined;
  /** The file, or for dashboards the folder, to write to. */
  readonly output: string | undefined;
  /** The options that flags set. */
  readonly options: Options;
}

const SUBJECTS: readonly Subject[] = ['rules', 'alertmanager', 'dashboards'];

/**
 * Reads a command line.
 *
 * @throws UsageError for an unknown flag, an unknown subject, or a value that cannot be read
 */
export function parseRequest(argv: readonly string[]): Request {
  const { values, positionals } = parsed(argv);
  const [subject = 'rules', ...rest] = positionals;
  if (!isSubject(subject)) {
    throw new UsageError(`"${subject}" cannot be written: it is ${SUBJECTS.join(', ')}`);
  }
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one argument too many`);
  const options: Options = {};
  for (const flag of FLAGS) {
    const given = values[flag.name];
    if (given !== undefined) set(options, flag, subject, given);
  }
  return {
    subject,
    help: values['help'] === true,
    config: textOf(values['config']),
    output: textOf(values['output']),
    options,
  };
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function parsed(argv: readonly string[]): {
  readonly values: Values;
  readonly positionals: readonly string[];
} {
  const options = Object.fromEntries(
    FLAGS.map(({ name, value, reads }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: ['pair', 'numberPair', 'entry'].includes(reads),
      },
    ]),
  );
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...options,
        config: { type: 'string', short: 'c' },
        output: { type: 'string', short: 'o' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    // Node's own message names the flag; what it says after the first sentence is about positionals.
    const [message = ''] = String(cause instanceof Error ? cause.message : cause).split('. ');
    throw new UsageError(message, { cause });
  }
}

function set(options: Options, flag: Flag, subject: Subject, given: Values[string]): void {
  if (!flag.subjects.includes(subject)) {
    throw new UsageError(`--${flag.name} is for ${flag.subjects.join(' and ')}, not ${subject}`);
  }
  const [name = '', key] = flag.option.split('.');
  const value = read(flag, given);
  options[name] = key === undefined ? value : { ...objectOf(options[name]), [key]: value };
}

function read(flag: Flag, given: Values[string]): unknown {
  const texts = (Array.isArray(given) ? given : [given]).map(String);
  const [text = ''] = texts;
  switch (flag.reads) {
    case 'off':
      return false;
    case 'text':
      return text;
    case 'list':
      return text.split(',').map((item) => item.trim());
    case 'number':
      return numberOf(text);
    case 'pair':
      return Object.fromEntries(texts.map((pair) => pairOf(flag, pair)));
    case 'numberPair':
      return Object.fromEntries(
        texts.map((pair) => pairOf(flag, pair)).map(([name, value]) => [name, numberOf(value)]),
      );
    case 'entry':
      return texts.map((entry) =>
        Object.fromEntries(entry.split(',').map((pair) => pairOf(flag, pair))),
      );
  }
}

function pairOf({ name }: Flag, pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`--${name} takes name=value, got "${pair}"`);
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/** A number where there is one: the checker of the options says what is wrong with the text. */
function numberOf(text: string): number | string {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

function isSubject(text: string): text is Subject {
  return (SUBJECTS as readonly string[]).includes(text);
}

function textOf(value: Values[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
