import { CommandError, EXIT } from '../exit-codes.ts';
import { readFileOf } from '../input.ts';
import { isRecord, parseJson } from '../json.ts';

/** Options by their names, as a JSON file or flags give them; the generators check them. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** The options of a JSON file, with those of `--set` over them. */
export async function optionsFrom(
  config: string | undefined,
  settings: readonly string[] = [],
): Promise<GivenOptions> {
  const file = config === undefined ? {} : parseJson(await readFileOf(config));
  if (!isRecord(file)) {
    throw usage(
      `${config} is no JSON object of options`,
      'Such as { "groupBy": ["job", "tenant"] }.',
    );
  }
  return settings.reduce<GivenOptions>((options, text) => {
    const [, path = '', value] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
    if (value === undefined) {
      throw usage(
        `--set is a name and a value, got "${text}"`,
        'Such as --set severities.accessLost=critical.',
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

/** Runs a generator; what it says about its options is a mistake of the user's. */
export function generated<T>(generate: () => T): T {
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
