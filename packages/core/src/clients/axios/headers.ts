import type { AttemptFanOut } from '../../observe/fan-out.ts';
import { isRecord } from './types.ts';

/**
 * A copy of axios's headers with a new token and what observers add. Undefined where nothing changes:
 * axios then has its own.
 */
export function changedHeaders(
  headers: unknown,
  token: string | undefined,
  observed: AttemptFanOut | undefined,
): unknown {
  if (token === undefined && !observed?.wantsHeaders) return undefined;
  const copy = copyOf(headers);
  const before = new Headers(textsOf(copy));
  const after = new Headers(before);
  if (token !== undefined) after.set('authorization', `Bearer ${token}`);
  observed?.headers(after);
  for (const [name, value] of after) if (before.get(name) !== value) setHeader(copy, name, value);
  return copy;
}

/** A `Headers`-like class of axios's own since version 1, a plain object before. */
function copyOf(headers: unknown): Record<string, unknown> {
  if (!isRecord(headers)) return {};
  const { concat } = headers;
  const copy: unknown =
    typeof concat === 'function' ? Reflect.apply(concat, headers, []) : undefined;
  return isRecord(copy) ? copy : { ...headers };
}

/** Those that can be sent: axios leaves out what is `false` or null. */
function textsOf(headers: object): [name: string, value: string][] {
  const texts: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && isSendable(name, value)) texts.push([name, value]);
  }
  return texts;
}

function isSendable(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function setHeader(headers: Record<string, unknown>, name: string, value: string): void {
  const known = Object.keys(headers).find((key) => key.toLowerCase() === name);
  headers[known ?? name] = value;
}
