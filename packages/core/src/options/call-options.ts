import { MAX_TIMER_MS } from '../clock.ts';
import {
  boolean,
  checkOptions,
  fn,
  integer,
  type OptionRules,
  type Rule,
  withMethods,
} from '../validation/check-options.ts';
import { host } from './host-rule.ts';
import { CALL_FIELDS } from './table.ts';

const WRAP: OptionRules = { ...CALL_FIELDS, host, failed: fn };
/** Accepts an `AbortSignal`. */
export const abortSignal: Rule = withMethods(
  'an AbortSignal',
  'addEventListener',
  'removeEventListener',
);

const EXECUTE: OptionRules = { ...WRAP, signal: abortSignal };
const CLOSE: OptionRules = {
  timeoutMs: integer(0, MAX_TIMER_MS),
  flushTimeoutMs: integer(0, MAX_TIMER_MS),
};
const WRAP_FETCH: OptionRules = { bufferJson: boolean };

/**
 * Checks the options of `execute`.
 *
 * @throws TypeError that lists every fault
 */
export function checkExecuteOptions(options: unknown): void {
  if (options !== undefined) checkOptions('execute', EXECUTE, options);
}

/** Checks the options of `wrap` and `asPolicy`, which hold for every call. */
export function checkWrapOptions(receiver: 'wrap' | 'asPolicy', options: unknown): void {
  checkOptions(receiver, WRAP, options);
}

/**
 * Checks the options of `close`.
 *
 * @throws TypeError that lists every fault
 */
export function checkCloseOptions(options: unknown): void {
  checkOptions('close', CLOSE, options);
}

export function checkWrapFetchOptions(options: unknown): void {
  checkOptions('wrapFetch', WRAP_FETCH, options);
}
