/** Checks one value. Create one with the functions of this module. */
interface Rule {
  /** What the rule accepts, for messages: `an integer ≥ 0`. */
  readonly accepts: string;
  /** Whether the rule accepts a value. A rule with `fields` or `items` leaves the content to them. */
  readonly test: (value: unknown) => boolean;
  /** The rules of an object's options. Any other option is a fault. */
  readonly fields?: OptionRules | undefined;
  /** Checks each entry of an array or object: what is wrong with its key, and the rule of its value. */
  readonly items?: Items | undefined;
  /** What else is wrong with an object that passed the test: whole messages, each with the path. */
  readonly faults?: ((value: object, path: string) => readonly string[]) | undefined;
}
/** The rules of an object's options, by name. */
type OptionRules = Readonly<Record<string, Rule>>;
interface Items {
  readonly value: Rule;
  /** Says what is wrong with a key, to follow its path in a message; undefined if nothing is. */
  readonly key?: ((key: string) => string | undefined) | undefined;
}
/** Accepts what passes the test. `accepts` follows "must be" in messages. */
declare function where(accepts: string, test: (value: unknown) => boolean): Rule;
declare const boolean: Rule;
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
declare function object(fields: OptionRules, accepts?: string): Rule;
/** Accepts an object with any keys, unless `key` says what is wrong with one. */
declare function mapOf(value: Rule, accepts: string, key?: Items["key"]): Rule;
/** Accepts an array. */
declare function arrayOf(value: Rule, accepts: string): Rule;
/** Accepts what `rule` accepts, and the given values, such as `false`. */
declare function orValue(rule: Rule, accepts: string, ...values: readonly unknown[]): Rule;
/**
 * Checks options.
 *
 * @param receiver - the function that was called with them, for the message
 * @throws TypeError that lists every fault: the option's path, what it must be, and what it was
 */
declare function checkOptions(receiver: string, fields: OptionRules, options: unknown, extraFaults?: () => readonly string[]): void;
/** Reads an option; undefined if its getter throws. */
declare function property(target: object, name: string): unknown;
/** Describes a value for a message, without what an object holds. */
declare function describe(value: unknown): string;
export { checkOptions as a, integer as c, object as d, oneOf as f, withMethods as g, where as h, boolean as i, mapOf as l, property as m, Rule as n, describe as o, orValue as p, arrayOf as r, fn as s, OptionRules as t, number as u };
