import { CommandError, EXIT } from '../exit-codes.ts';
import { readFileOf } from '../input.ts';
import { isRecord, parseJson } from '../json.ts';

/** Options from a JSON file or flags, by name. The generators check them. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** The options of a JSON file, overridden by those of `--set`. */
export async function optionsFrom(
  config: string | undefined,
  settings: readonly string[] = [],
): Promise<GivenOptions> {
  const file = config === undefined ? {} : parseJson(await readFileOf(config));
  if (!isRecord(file)) {
    throw usage(
      `${config} is not a JSON object of options`,
      'For example: { "groupBy": ["job", "tenant"] }.',
    );
  }
  return settings.reduce<GivenOptions>((options, text) => {
    const [, path = '', value] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
    if (value === undefined) {
      throw usage(
        `--set must be a name and a value, got "${text}"`,
        'For example: --set severities.accessLost=critical.',
      );
    }
    return withValue(options, path.split('.'), parseJson(value) ?? value);
  }, file);
}

function withValue(options: GivenOptions, path: readonly string[], value: unknown): GivenOptions {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...options, [name]: value };
  const inner = options[name];
  return { ...options, [name]: withValue(isRecord(inner) ? inner : {}, rest, value) };
}

/** Runs a generator, and reports invalid options as a mistake on the command line. */
export function reportingFaults<T>(generate: () => T): T {
  try {
    return generate();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CommandError(cause.message, {
      hint: 'docs/guide/alerts.md lists the options.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}

function usage(message: string, hint: string): CommandError {
  return new CommandError(message, { hint, exitCode: EXIT.usage });
}
