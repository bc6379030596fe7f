/** Reads an option; undefined if its getter throws. */
declare function property(target: object, name: string): unknown;
/** Describes a value for a message, without the content of objects or the password in a URL. */
declare function describe(value: unknown): string;
/**
 * The option that was probably meant: one with the same name at another place, one that has this name in
 * another library, or one with a similar spelling.
 *
 * @param path - the path of the unknown option, such as `retry.maxRetry`
 * @param near - the paths of the options at the same place
 * @param elsewhere - the paths of all others
 */
declare function nearestOption(path: string, near: readonly string[], elsewhere?: readonly string[]): string | undefined;
/** Checks one value. Create one with the functions of this module. */
interface Rule {
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
type OptionRules = Readonly<Record<string, Rule>>;
interface Items {
  readonly value: Rule;
  /** Describes what is wrong with a key, to follow its path in a message; undefined if nothing is. */
  readonly key?: ((key: string) => string | undefined) | undefined;
}
/** Accepts values that pass the test. `accepts` follows "must be" in messages. */
declare function where(accepts: string, test: (value: unknown) => boolean): Rule;
/** Accepts true and false. */
declare const boolean: Rule;
/** Accepts any function. */
declare const fn: Rule;
/** Accepts a number from `min` to `max`. */
declare function number(min: number, max?: number): Rule;
/** Accepts an integer from `min` to `max`. */
declare function integer(min: number, max?: number): Rule;
/** Accepts the given strings. */
declare function oneOf(...values: readonly string[]): Rule;
/** Accepts an object with the given methods, such as a client's own class. */
declare function withMethods(accepts: string, ...methods: readonly string[]): Rule;
/** Accepts an object with the given options. */
declare function object(fields: OptionRules, accepts?: string, required?: readonly string[]): Rule;
/** Accepts an object with any keys, unless `key` says what is wrong with one. */
declare function mapOf(value: Rule, accepts: string, key?: Items["key"]): Rule;
/** Accepts an array of at least `min` entries. */
declare function arrayOf(value: Rule, accepts: string, min?: number): Rule;
/** Accepts values that one of the rules accepts. */
declare function anyOf(accepts: string, ...rules: readonly Rule[]): Rule;
/** Accepts the values that `rule` accepts, and the given values, such as `false`. */
declare function orValue(rule: Rule, accepts: string, ...values: readonly unknown[]): Rule;
/**
 * Checks options.
 *
 * @param receiver - the function that was called with them, for the message
 * @throws TypeError that lists every fault: the option's path, what it must be, and what it was
 */
declare function checkOptions(receiver: string, fields: OptionRules, options: unknown, extraFaults?: () => readonly string[]): void;
/**
 * Checks one value of any kind.
 *
 * @param receiver - the function that was called with it, for the message
 * @param path - what the value is called in the message
 * @throws TypeError that lists every fault: the path, what it must be, and what it was
 */
declare function checkValue(receiver: string, path: string, rule: Rule, value: unknown): void;
/** What is wrong with a value; empty if nothing is. */
declare function faultsIn(value: unknown, rule: Rule, path: string): readonly string[];
export { withMethods as _, boolean as a, property as b, faultsIn as c, mapOf as d, number as f, where as g, orValue as h, arrayOf as i, fn as l, oneOf as m, Rule as n, checkOptions as o, object as p, anyOf as r, checkValue as s, OptionRules as t, integer as u, nearestOption as v, describe as y };
