import type { BodyParameter } from '@defender-resilience/core';
import { ApiError, type Call } from './call.ts';
import { serviceOf } from './errors.ts';
import { isObject, parseJson } from './json.ts';

/** The fields of a JSON body. */
export type Fields = Readonly<Record<string, unknown>>;

/** How reading a body differs from the defaults, which are those of XDR and MDE. */
export interface BodyRules {
  /** The parameters' spelling. @defaultValue as the operations table has it */
  readonly names?: readonly string[];
  /** Whether letter case is ignored. @defaultValue true for Graph, else false */
  readonly anyCase?: boolean;
  /** The message of the `InvalidRequestBody` for a missing required parameter. */
  readonly missingMessage?: string;
}

/**
 * The error for a body that does not match the documentation; the default message is the documentation's
 * example.
 */
export function incorrectBody(message = 'Request body is incorrect'): ApiError {
  return new ApiError('InvalidRequestBody', { message });
}

function parse(text: string): Fields {
  if (text.trim() === '') return {};
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw incorrectBody();
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Renames fields to the documented spelling: Graph ignores letter case. */
function respelled(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      names.find((name) => sameName(name, key)) ?? key,
      value,
    ]),
  );
}

/** @throws ApiError for a field that differs from one of `names` only in letter case */
export function refuseWrongCase(fields: Fields, names: readonly string[]): void {
  for (const key of Object.keys(fields)) {
    if (!names.includes(key) && names.some((name) => sameName(name, key))) throw incorrectBody();
  }
}

/** @throws ApiError for a missing required parameter */
export function requireParameters(
  fields: Fields,
  parameters: readonly BodyParameter[],
  missingMessage?: string,
): void {
  for (const { name, required } of parameters) {
    if (required !== true || (fields[name] !== undefined && fields[name] !== null)) continue;
    if (missingMessage !== undefined) throw incorrectBody(missingMessage);
    throw new ApiError('MissingRequiredParameter', { values: { parameter: name } });
  }
}

/**
 * Reads a JSON body and checks it against the operation's documentation.
 *
 * @throws ApiError as XDR and MDE do: `InvalidRequestBody` if the body is not a JSON object or a parameter has
 * the wrong letter case; `MissingRequiredParameter` if a required one is missing
 */
export function readBody(call: Call, rules: BodyRules = {}): Fields {
  const parameters = call.operation.bodyParameters ?? [];
  const names = rules.names ?? parameters.map(({ name }) => name);
  const anyCase = rules.anyCase ?? serviceOf(call.path) === 'graph';
  let fields = parse(call.bodyText);
  if (anyCase) fields = respelled(fields, names);
  else refuseWrongCase(fields, names);
  requireParameters(fields, parameters, rules.missingMessage);
  return fields;
}

// The functions that read a field return undefined if it was not sent, unless stated otherwise, and throw
// `InvalidRequestBody` for a value of another type.

export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw incorrectBody();
  return value;
}

export function textsField(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw incorrectBody();
  return value.map((item: unknown) => {
    if (typeof item !== 'string') throw incorrectBody();
    return item;
  });
}

/** A list of objects, which is required. */
export function fieldsList(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw incorrectBody();
  return value.map((item: unknown) => {
    if (!isObject(item)) throw incorrectBody();
    return item;
  });
}

/** One of `allowed`, in its spelling there. Throws `InvalidInput` for any other text. */
export function choiceField(
  fields: Fields,
  name: string,
  allowed: readonly string[],
): string | undefined {
  const value = textField(fields, name);
  if (value === undefined) return undefined;
  const found = allowed.find((choice) => sameName(choice, value));
  if (found === undefined) throw new ApiError('InvalidInput', { values: { input: value } });
  return found;
}

/** @throws ApiError for a list that is longer than documented */
export function refuseLargeBatch(received: number, allowed: number): void {
  if (received > allowed) {
    throw new ApiError('MaximumBatchSizeExceeded', { values: { received, allowed } });
  }
}
