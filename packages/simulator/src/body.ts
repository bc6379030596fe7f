import { type Call, Refusal } from './answer.ts';
import { dialectOf } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** How a body is read where it is not as XDR and MDE do by default. */
export interface BodyRules {
  /** The parameters' spelling. @defaultValue as the operations table has it */
  readonly names?: readonly string[];
  /** Whether letter case does not matter. @defaultValue true for Graph, else false */
  readonly anyCase?: boolean;
  /** Refuses a missing required parameter with `InvalidRequestBody` and this message. */
  readonly missingMessage?: string;
}

/** The text of the seed page's own example. */
const INCORRECT = 'Request body is incorrect';

/** The refusal of a body that is not what the operation documents. */
export function incorrectBody(message: string = INCORRECT): Refusal {
  return new Refusal('InvalidRequestBody', { message });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Fields {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw incorrectBody();
}

function inLowerCase(name: string): string {
  return name.toLowerCase();
}

/** Puts fields into the documented spelling: Graph does not compare letter case. */
function respelled(fields: Fields, names: readonly string[]): Fields {
  const spelling = new Map(names.map((name) => [inLowerCase(name), name]));
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [spelling.get(inLowerCase(key)) ?? key, value]),
  );
}

/** Refuses a field that only letter case tells apart from one of `names`. */
export function refuseWrongCase(fields: Fields, names: readonly string[]): void {
  for (const key of Object.keys(fields)) {
    const wrong = names.some((name) => name !== key && inLowerCase(name) === inLowerCase(key));
    if (wrong && !names.includes(key)) throw incorrectBody();
  }
}

/**
 * Reads a JSON body and holds it against what the operation documents.
 *
 * A parameter in the wrong letter case is refused with `InvalidRequestBody`, as XDR and MDE do; a
 * required one that is not there with `MissingRequiredParameter`.
 */
export function readBody(call: Call, rules: BodyRules = {}): Fields {
  const parameters = call.operation.bodyParameters ?? [];
  const names = rules.names ?? parameters.map(({ name }) => name);
  const anyCase = rules.anyCase ?? dialectOf(call.path) === 'graph';
  let fields = parse(call.bodyText);
  if (anyCase) fields = respelled(fields, names);
  else refuseWrongCase(fields, names);
  for (const { name, required } of parameters) {
    const missing = fields[name] === undefined || fields[name] === null;
    if (required !== true || !missing) continue;
    if (rules.missingMessage !== undefined) throw incorrectBody(rules.missingMessage);
    throw new Refusal('MissingRequiredParameter', { values: { parameter: name } });
  }
  return fields;
}

/** A field's text; undefined when it was not sent, `InvalidRequestBody` when it is no string. */
export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw incorrectBody();
  return value;
}

/** A list of texts, in the same manner. */
export function textsField(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw incorrectBody();
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw incorrectBody();
    return item;
  });
}

/** A list of objects, in the same manner. */
export function fieldsList(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw incorrectBody();
  return value.map((item: unknown) => {
    if (!isFields(item)) throw incorrectBody();
    return item;
  });
}

/** Refuses a list that is longer than documented. */
export function refuseLargeBatch(received: number, allowed: number): void {
  if (received > allowed) {
    throw new Refusal('MaximumBatchSizeExceeded', { values: { received, allowed } });
  }
}

/** One of `allowed`, in its spelling there; undefined when it was not sent, `InvalidInput` when it is none of them. */
export function choiceField(
  fields: Fields,
  name: string,
  allowed: readonly string[],
): string | undefined {
  const value = textField(fields, name);
  if (value === undefined) return undefined;
  const found = allowed.find((choice) => inLowerCase(choice) === inLowerCase(value));
  if (found === undefined) throw new Refusal('InvalidInput', { values: { input: value } });
  return found;
}
