import { type Fields, isFunction, isObject, isRecord } from '../is.ts';
import { describe, describeKey, property } from './describe.ts';
import { nearestOption } from './nearest-option.ts';

export { describe, property } from './describe.ts';
export { nearestOption } from './nearest-option.ts';

/** Checks one value. Create one with the functions of this module. */
export interface Rule {
  /** What the rule accepts, for messages: `an integer ≥ 0`. */
  readonly accepts: string;
  /** Whether the rule accepts a value. A rule with `fields` or `items` leaves the content to them. */
  readonly test: (value: unknown) => boolean;
  /** The rules of an object's options. Any other option is a fault. */
  readonly fields?: OptionRules | undefined;
  /** The names of the required options. */
  readonly required?: readonly string[] | undefined;
  /** Checks each entry of an array or object: what is wrong with its key, and the rule of its value. */
  readonly items?: Items | undefined;
  /** Finds other faults in an object that passed the test: whole messages, each with the path. */
  readonly faults?: ((value: object, path: string) => readonly string[]) | undefined;
}

/** The rules of an object's options, by name. */
export type OptionRules = Readonly<Record<string, Rule>>;

interface Items {
  readonly value: Rule;
  /** Describes what is wrong with a key, to follow its path in a message; undefined if nothing is. */
  readonly key?: ((key: string) => string | undefined) | undefined;
}

/** Accepts values that pass the test. `accepts` follows "must be" in messages. */
export function where(accepts: string, test: (value: unknown) => boolean): Rule {
  return { accepts, test };
}

/** Accepts true and false. */
export const boolean: Rule = where('true or false', (value) => typeof value === 'boolean');
/** Accepts any function. */
export const fn: Rule = where('a function', isFunction);

/** Accepts a number from `min` to `max`. */
export function number(min: number, max: number = Number.MAX_SAFE_INTEGER): Rule {
  return where(
    `a number ${range(min, max)}`,
    (value) => typeof value === 'number' && value >= min && value <= max,
  );
}

/** Accepts an integer from `min` to `max`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Rule {
  return where(
    `an integer ${range(min, max)}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );
}

function range(min: number, max: number): string {
  // The maximum of timers and of integers is not worth mentioning.
  return max >= MAX_TIMER_MS ? `≥ ${min}` : `≥ ${min} and ≤ ${max}`;
}

const MAX_TIMER_MS = 2_147_483_647;

/** Accepts the given strings. */
export function oneOf(...values: readonly string[]): Rule {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  const accepts = quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
  return where(accepts, (value) => typeof value === 'string' && values.includes(value));
}

/** Accepts an object with the given methods, such as a client's own class. */
export function withMethods(accepts: string, ...methods: readonly string[]): Rule {
  return where(
    accepts,
    (value) => isObject(value) && methods.every((name) => isFunction(property(value, name))),
  );
}

/** Accepts an object with the given options. */
export function object(
  fields: OptionRules,
  accepts = 'an object',
  required: readonly string[] = [],
): Rule {
  return { accepts, test: hasOptions, fields, required };
}

/** Accepts an object with any keys, unless `key` says what is wrong with one. */
export function mapOf(value: Rule, accepts: string, key?: Items['key']): Rule {
  return { accepts, test: hasOptions, items: { value, key } };
}

/** The entries of a `Map` or a `Headers` are not properties, so they would be ignored. */
function hasOptions(value: unknown): value is Fields {
  return isRecord(value) && !(Symbol.iterator in value);
}

/** Accepts an array of at least `min` entries. */
export function arrayOf(value: Rule, accepts: string, min = 0): Rule {
  const test = (list: unknown): boolean => Array.isArray(list) && list.length >= min;
  return { accepts, test, items: { value } };
}

/** Accepts values that one of the rules accepts. */
export function anyOf(accepts: string, ...rules: readonly Rule[]): Rule {
  return where(accepts, (value) => rules.some((rule) => faultsIn(value, rule, '').length === 0));
}

/** Accepts the values that `rule` accepts, and the given values, such as `false`. */
export function orValue(rule: Rule, accepts: string, ...values: readonly unknown[]): Rule {
  return { ...rule, accepts, test: (value) => values.includes(value) || rule.test(value) };
}

/**
 * Checks options.
 *
 * @param receiver - the function that was called with them, for the message
 * @throws TypeError that lists every fault: the option's path, what it must be, and what it was
 */
export function checkOptions(
  receiver: string,
  fields: OptionRules,
  options: unknown,
  extraFaults?: () => readonly string[],
): void {
  if (options === undefined) return;
  if (!hasOptions(options)) {
    throw new TypeError(`${receiver} takes an object of options, got ${describe(options)}`);
  }
  const faults = fieldFaults(options, fields, '', fields);
  if (faults.length === 0) faults.push(...(extraFaults?.() ?? []));
  throwFaults(receiver, 'invalid options', faults);
}

/**
 * Checks one value of any kind.
 *
 * @param receiver - the function that was called with it, for the message
 * @param path - what the value is called in the message
 * @throws TypeError that lists every fault: the path, what it must be, and what it was
 */
export function checkValue(receiver: string, path: string, rule: Rule, value: unknown): void {
  throwFaults(receiver, 'an invalid value', faultsIn(value, rule, path));
}

/** What is wrong with a value; empty if nothing is. */
export function faultsIn(value: unknown, rule: Rule, path: string): readonly string[] {
  return faultsOf(value, rule, path, rule.fields ?? {});
}

/** How many faults a message lists: an unrelated object has many unknown names. */
const MAX_FAULTS = 20;

function throwFaults(receiver: string, what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  const listed = faults.slice(0, MAX_FAULTS);
  if (faults.length > MAX_FAULTS) listed.push(`and ${faults.length - MAX_FAULTS} more`);
  throw new TypeError(`${receiver} got ${what}:\n- ${listed.join('\n- ')}`);
}

function faultsOf(value: unknown, rule: Rule, path: string, root: OptionRules): string[] {
  if (!rule.test(value)) return [`${path} must be ${rule.accepts}, got ${describe(value)}`];
  if (!isObject(value)) return [];
  return [
    ...missingFaults(value, rule, path),
    ...(rule.fields === undefined ? [] : fieldFaults(value, rule.fields, `${path}.`, root)),
    ...(rule.items === undefined ? [] : itemFaults(value, rule.items, path, root)),
    ...(rule.faults?.(value, path) ?? []),
  ];
}

function missingFaults(value: object, { required = [] }: Rule, path: string): readonly string[] {
  const missing = required.filter((name) => property(value, name) === undefined);
  return missing.map((name) => `${path}.${name} must be given`);
}

function fieldFaults(
  options: object,
  fields: OptionRules,
  prefix: string,
  root: OptionRules,
): string[] {
  const faults: string[] = [];
  for (const name of namesIn(options)) {
    const value = property(options, name);
    const path = prefix + name;
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (rule === undefined) faults.push(unknownOption(path, fields, prefix, root));
    // An option that is undefined has its default.
    else if (value !== undefined) faults.push(...faultsOf(value, rule, path, root));
  }
  return faults;
}

/** Inherited options count like own ones. Properties that every instance of a class has are not options. */
function namesIn(options: object): readonly string[] {
  const inherited: unknown = Object.getPrototypeOf(options);
  if (inherited === null || inherited === Object.prototype) return Object.keys(options);
  const names = new Set(Object.keys(options));
  for (const name in options) if (!(name in Object.prototype)) names.add(name);
  return [...names];
}

function itemFaults(
  items: object,
  { key, value: rule }: Items,
  path: string,
  root: OptionRules,
): string[] {
  const faults: string[] = [];
  for (const name of Object.keys(items)) {
    const itemPath = Array.isArray(items) ? `${path}[${name}]` : `${path}['${describeKey(name)}']`;
    const keyFault = key?.(name);
    const value = property(items, name);
    if (keyFault !== undefined) faults.push(`${itemPath} ${keyFault}`);
    else if (value !== undefined || Array.isArray(items)) {
      faults.push(...faultsOf(value, rule, itemPath, root));
    }
  }
  return faults;
}

function unknownOption(
  path: string,
  siblings: OptionRules,
  prefix: string,
  root: OptionRules,
): string {
  const near = pathsOf(siblings, prefix);
  const nearest = nearestOption(path, near, pathsOf(root, ''));
  if (nearest !== undefined) return `${path} is not an option; did you mean ${nearest}?`;
  const names = Object.keys(siblings);
  return names.length === 0
    ? `${path} is not an option: there are no options`
    : `${path} is not an option; known are ${names.join(', ')}`;
}

/** The paths of all options, those of nested objects included. */
function pathsOf(fields: OptionRules, prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, rule]) => [
    prefix + name,
    ...pathsOf(rule.fields ?? {}, `${prefix}${name}.`),
  ]);
}
