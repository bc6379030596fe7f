import type { Simulator } from '@defender-resilience/simulator';
import { expect } from 'vitest';

/** What a client sees of an answer. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; empty where it is none. */
  readonly json: Json;
}

/** A JSON object, read without further ado. */
export type Json = Readonly<Record<string, unknown>>;

/** Calls a simulator as any client would: over HTTP. */
export async function call(
  simulator: Simulator,
  request: `${'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'} ${string}`,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const space = request.indexOf(' ');
  const response = await fetch(`${simulator.url}${request.slice(space + 1)}`, {
    method: request.slice(0, space),
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : {};
  } catch {
    // Not every answer is JSON: what is not is looked at as text.
    return {};
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

/** The error in an envelope. */
export function errorIn(seen: Seen): Json {
  const { error } = seen.json;
  return isJson(error) ? error : {};
}

/** The code and message in an envelope, for one look at both. */
export function refusalIn(seen: Seen): readonly [status: number, code: unknown, message: unknown] {
  const { code, message } = errorIn(seen);
  return [seen.status, code, message];
}

/** The rows of a collection. */
export function rowsIn(seen: Seen): readonly Json[] {
  const { value } = seen.json;
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** One row; throws when there is none. */
export function firstIn(seen: Seen): Json {
  const [row] = rowsIn(seen);
  if (row === undefined) throw new Error(`No rows in ${seen.text}`);
  return row;
}

/** A bearer token of the simulator's own, as a header. */
export async function bearer(
  simulator: Simulator,
  {
    tenant = 'contoso',
    app = 'a',
    resource = 'https://api.security.microsoft.com',
  }: { readonly tenant?: string; readonly app?: string; readonly resource?: string } = {},
): Promise<{ readonly authorization: string }> {
  const form = {
    grant_type: 'client_credentials',
    client_id: app,
    client_secret: 's',
    scope: `${resource}/.default`,
  };
  const body = new URLSearchParams(form).toString();
  const { json } = await call(simulator, `POST /${tenant}/oauth2/v2.0/token`, body, {
    'content-type': 'application/x-www-form-urlencoded',
  });
  return { authorization: `Bearer ${String(json['access_token'])}` };
}

/** The ID of a device of this platform, as `/api/machines` shows it. */
export async function machineOn(simulator: Simulator, platform: string): Promise<string> {
  const found = await call(simulator, `GET /api/machines?$filter=osPlatform eq '${platform}'`);
  return String(firstIn(found)['id']);
}

// What an expected value stands for where it is not known beforehand. Vitest gives all of them as
// any, which would spread to whatever they are put into.
export const A_TEXT: unknown = expect.any(String);
export const A_NUMBER: unknown = expect.any(Number);
export const A_LIST: unknown = expect.any(Array);

export function like(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

export function having(fields: object): unknown {
  return expect.objectContaining(fields);
}

export function including(items: readonly unknown[]): unknown {
  return expect.arrayContaining([...items]);
}
