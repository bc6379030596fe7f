import { alertmanager } from '../alerts/alertmanager.ts';
import { rules } from '../alerts/rules.ts';
import { dashboards } from '../dashboards/dashboards.ts';
import { FLAGS, type Subject } from './flags.ts';
import { helpText } from './help.ts';
import { parseRequest, type Request, UsageError } from './parse.ts';

/** What the command reads and writes. */
export interface CommandIo {
  /** Standard output, for what was asked for. */
  out(text: string): void;
  /** Standard error, for messages. */
  err(text: string): void;
  readFile(path: string): Promise<string>;
  /** Writes a file, and the folders on its way. */
  writeFile(path: string, text: string): Promise<void>;
}

/** One generated file. */
interface Result {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs `defender-rules`.
 *
 * @returns the exit code: 0 if all was written, 1 if a file could not be, 2 for a wrong command line
 */
export async function runDefenderRules(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const request = parseRequest(argv);
    if (request.help) io.out(helpText());
    else await write(request, resultsOf(request.subject, await optionsOf(request, io)), io);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || error instanceof TypeError;
    io.err(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    if (isUsage) io.err('Run "defender-rules --help" for the flags.\n');
    return isUsage ? 2 : 1;
  }
}

function resultsOf(subject: Subject, options: object): readonly Result[] {
  switch (subject) {
    case 'rules':
      return [{ name: 'defender-client.yaml', text: rules(options) }];
    case 'alertmanager':
      return [{ name: 'alertmanager.yml', text: alertmanager(options) }];
    case 'dashboards':
      return dashboards(options).map((dashboard) => ({
        name: `${dashboard.uid}.json`,
        text: `${JSON.stringify(dashboard, null, 2)}\n`,
      }));
  }
}

async function write(
  { subject, output }: Request,
  results: readonly Result[],
  io: CommandIo,
): Promise<void> {
  if (output === undefined) {
    if (subject === 'dashboards') {
      throw new UsageError('there are several dashboards: a folder is required with --output');
    }
    for (const { text } of results) io.out(text);
    return;
  }
  for (const { name, text } of results) {
    const path = subject === 'dashboards' ? `${output.replace(/\/$/, '')}/${name}` : output;
    await io.writeFile(path, text).catch((cause: unknown) => {
      throw new Error(`cannot write ${path}: ${reasonOf(cause)}`, { cause });
    });
    io.err(`wrote ${path}\n`);
  }
}

/** The options of a file and of flags. One file serves all: each subject takes what it knows. */
async function optionsOf({ config, subject, options }: Request, io: CommandIo): Promise<object> {
  if (config === undefined) return options;
  const text = await io.readFile(config).catch((cause: unknown) => {
    throw new UsageError(`cannot read ${config}: ${reasonOf(cause)}`, { cause });
  });
  const others = new Set(
    FLAGS.filter(({ subjects }) => !subjects.includes(subject)).map(
      ({ option }) => option.split('.')[0],
    ),
  );
  const kept = Object.entries(parsedConfig(config, text)).filter(([name]) => !others.has(name));
  return merged(Object.fromEntries(kept), options);
}

/** Options of a file with those of flags over them; both may set some of the thresholds. */
function merged(
  file: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
): object {
  const result: Record<string, unknown> = { ...file };
  for (const [name, value] of Object.entries(flags)) {
    const given = file[name];
    result[name] = isPlain(value) && isPlain(given) ? { ...given, ...value } : value;
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsedConfig(path: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${reasonOf(cause)}`, { cause });
  }
  if (isPlain(value)) return value;
  throw new UsageError(`${path} must contain an object of options`);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
