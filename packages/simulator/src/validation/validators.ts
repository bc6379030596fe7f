import { isObject } from '../json.ts';

/** Checks the value at `path`. Returns a sentence for each fault. */
export type Check = (value: unknown, path: string) => readonly string[];

const MAX_SHOWN = 60;

/** A value as an error message shows it. */
function shown(value: unknown): string {
  const text =
    typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  // JSON has no words for these.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** A check by one rule: `port must be an integer from 0 to 65535, got -1`. */
export function rule(says: string, holds: (value: unknown) => boolean): Check {
  return (value, path) =>
    holds(value)
      ? []
      : [`${path} must be ${says}, got ${value === undefined ? 'nothing' : shown(value)}`];
}

/** An integer from `from` to `to`, both included. */
export function integer(from: number, to: number = Number.MAX_SAFE_INTEGER): Check {
  const range = to === Number.MAX_SAFE_INTEGER ? `≥ ${from}` : `from ${from} to ${to}`;
  return rule(
    `an integer ${range}`,
    (value) => Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to,
  );
}

/** A finite number from `from` to `to`, both included. */
export function number(from: number, to: number = Number.MAX_VALUE): Check {
  const range = to === Number.MAX_VALUE ? `≥ ${from}` : `from ${from} to ${to}`;
  return rule(
    `a number ${range}`,
    (value) => typeof value === 'number' && value >= from && value <= to,
  );
}

export function oneOf(...allowed: readonly unknown[]): Check {
  return rule(`one of ${allowed.map(shown).join(', ')}`, (value) => allowed.includes(value));
}

export const boolean: Check = rule('true or false', (value) => typeof value === 'boolean');

export const text: Check = rule('a text that is not empty', (value) => {
  return typeof value === 'string' && value !== '';
});

/** A list of at least `least` items that pass `check`. */
export function listOf(check: Check, least = 0): Check {
  const says = least > 0 ? `a list of at least ${least}` : 'a list';
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least) return rule(says, () => false)(value, path);
    return value.flatMap((item: unknown, index) => check(item, `${path}[${index}]`));
  };
}

/** An object with any names, whose values pass `check` and whose names pass `name`. */
export function recordOf(check: Check, name: Check = () => []): Check {
  return (value, path) => {
    if (!isObject(value)) return rule('an object', isObject)(value, path);
    return Object.entries(value).flatMap(([key, item]) => [
      ...name(key, `${path}'s name`),
      ...check(item, `${path}.${key}`),
    ]);
  };
}

/** An object with these fields and no others; undefined counts as missing. */
export function shape(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  return (value, path) => {
    if (!isObject(value)) return rule('an object', isObject)(value, path || 'options');
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const missing = required.filter((name) => value[name] === undefined);
    const given = Object.entries(value).filter(([, item]) => item !== undefined);
    return [
      ...missing.map((name) => `${at(name)} must be given`),
      ...given.flatMap(([name, item]) => {
        const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (check !== undefined) return check(item, at(name));
        return [`${at(name)} is not known; known are ${Object.keys(fields).join(', ')}`];
      }),
    ];
  };
}

/** Anything that passes one of the checks. */
export function anyOf(says: string, ...checks: readonly Check[]): Check {
  return rule(says, (value) => checks.some((check) => check(value, '').length === 0));
}

/** @throws RangeError that names every fault, one a line. */
export function assertValid(check: Check, value: unknown, path: string): void {
  const faults = check(value, path);
  if (faults.length > 0) throw new RangeError(faults.join('\n'));
}
