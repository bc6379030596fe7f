import type { Operation } from '../catalogue/entry.ts';
import type { Settings } from '../options/options.ts';
import { DEFAULT_ATTEMPT_TIMEOUT_MS, DEFAULT_DEADLINE_MS } from '../options/table.ts';
import { words } from '../words.ts';
import type { CallSpec, Limits } from './call.ts';

const NOTHING: Partial<Limits> = Object.freeze({});

/** The methods that RFC 9110 calls idempotent, and QUERY. */
const IDEMPOTENT: ReadonlySet<string> = new Set(words('GET HEAD OPTIONS PUT DELETE TRACE QUERY'));

/**
 * The limits of a call: its own, else the wrapper's for this operation, else the wrapper's for all operations,
 * else the operations table's, else the defaults.
 *
 * @param method - the HTTP method; undefined for a function, which is idempotent by default
 * @param call - the call's own options
 */
export function limitsOf(
  settings: Settings,
  operation: Operation,
  name: string,
  method: string | undefined,
  call: Partial<Limits> = NOTHING,
): Limits {
  const own = settings.operations[name];
  const deadlineMs =
    call.deadlineMs ??
    own?.deadlineMs ??
    settings.deadlineMs ??
    operation.deadlineMs ??
    DEFAULT_DEADLINE_MS;
  const attemptTimeoutMs =
    call.attemptTimeoutMs ??
    own?.attemptTimeoutMs ??
    settings.attemptTimeoutMs ??
    operation.attemptTimeoutMs ??
    DEFAULT_ATTEMPT_TIMEOUT_MS;
  return {
    deadlineMs,
    attemptTimeoutMs: Math.min(attemptTimeoutMs, deadlineMs),
    maxRetries: call.maxRetries ?? own?.maxRetries ?? settings.retry.maxRetries,
    idempotent:
      call.idempotent ?? own?.idempotent ?? operation.idempotent ?? methodAllows(operation, method),
  };
}

/** The call's priority in its quota's queue; the highest is sent first. */
export function priorityOf(
  settings: Settings,
  { name, operation, priority }: Pick<CallSpec, 'name' | 'operation' | 'priority'>,
): number {
  const given = priority ?? settings.operations[name]?.priority ?? operation.priority ?? 0;
  return Number.isNaN(given) ? 0 : given;
}

function methodAllows(operation: Operation, method: string | undefined): boolean {
  const known = method ?? operation.method;
  return known === undefined || IDEMPOTENT.has(known);
}
