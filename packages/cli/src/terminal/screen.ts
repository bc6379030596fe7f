import { styleText } from 'node:util';

/** The properties of the display that text is written to. */
export interface Screen {
  /** Whether it is a terminal, where text can be replaced. */
  readonly isTerminal: boolean;
  /** How many characters fit on a line: at most 100, or 80 if it is not a terminal. */
  readonly columns: number;
  /** Adds colours if they are enabled. */
  readonly style: Style;
}

type Style = (format: StyleName | readonly StyleName[], text: string) => string;

type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

type Environment = Readonly<Record<string, string | undefined>>;

/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 100;
const DEFAULT_COLUMNS = 80;

/** Determines the display of a stream from the stream and the environment. */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Environment,
): Screen {
  const isTerminal = stream.isTTY === true;
  const columns = isTerminal ? (stream.columns ?? DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
  const isColoured = wantsColour(isTerminal, env);
  return {
    isTerminal,
    columns: Math.min(Math.max(columns, 40), MAX_COLUMNS),
    style: (format, text) =>
      isColoured ? styleText([...[format].flat()], text, { validateStream: false }) : text,
  };
}

/** NO_COLOR (no-color.org) overrides FORCE_COLOR, and both override the kind of stream. */
function wantsColour(isTerminal: boolean, env: Environment): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}
