/** Reads the number given to an option. @throws Error that says what the option takes */
export function wholeNumber(
  option: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`${option} takes a whole number from ${min} to ${max}, got ${text}`);
}

/** Reads a time, in milliseconds since 1970. @throws Error that says what the option takes */
export function time(option: string, text: string): number {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new Error(`${option} takes a time such as 2026-01-31 or 2026-01-31T12:00:00Z, got ${text}`);
}

/** Reads one of several words. @throws Error that says what the option takes */
export function oneOf<Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw new Error(`${option} takes ${words.join(' or ')}, got ${text}`);
}
