import { MAX_TIMER_MS } from '../clock.ts';
import {
  boolean,
  fn,
  integer,
  type OptionRules,
  type Rule,
  withMethods,
} from '../validation/check-options.ts';
import { host } from './host-rule.ts';
import { CALL_FIELDS } from './table.ts';

/** Accepts an `AbortSignal`. */
export const abortSignal: Rule = withMethods(
  'an AbortSignal',
  'addEventListener',
  'removeEventListener',
);

/** The options of `wrap` and `asPolicy`, which apply to every call. */
export const WRAP_OPTIONS: OptionRules = { ...CALL_FIELDS, host, failed: fn };

export const EXECUTE_OPTIONS: OptionRules = { ...WRAP_OPTIONS, signal: abortSignal };

export const CLOSE_OPTIONS: OptionRules = {
  timeoutMs: integer(0, MAX_TIMER_MS),
  flushTimeoutMs: integer(0, MAX_TIMER_MS),
};

export const WRAP_FETCH_OPTIONS: OptionRules = { bufferJson: boolean };
