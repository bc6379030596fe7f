import { MAX_TIMER_MS } from '../clock.ts';
import {
  boolean,
  integer,
  number,
  type OptionRules,
  type Rule,
} from '../validation/check-options.ts';

/** The timeouts of operations that have none in the operations table. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 60_000;
export const DEFAULT_DEADLINE_MS = 300_000;

/** One numeric option. Its check, its default and its row in the reference come from here. */
export interface NumberOption {
  /** The option's path, such as `retry.maxRetries`. */
  readonly path: string;
  readonly integer?: true;
  readonly min: number;
  readonly max: number;
  /** The default; absent if it depends on the operation. */
  readonly value?: number;
}

const TIME = { min: 1, max: MAX_TIMER_MS } as const;
const WAIT = { min: 0, max: MAX_TIMER_MS } as const;

/** Every numeric option. */
export const NUMBER_OPTIONS: readonly NumberOption[] = [
  { path: 'attemptTimeoutMs', ...TIME },
  { path: 'deadlineMs', ...TIME },
  { path: 'retry.maxRetries', integer: true, min: 0, max: 100, value: 3 },
  { path: 'retry.initialDelayMs', ...WAIT, value: 1_000 },
  { path: 'retry.maxDelayMs', ...WAIT, value: 30_000 },
  { path: 'retry.throttleInitialDelayMs', ...WAIT, value: 10_000 },
  { path: 'retry.throttleMaxDelayMs', ...WAIT, value: 60_000 },
  { path: 'retry.maxRetryAfterMs', ...WAIT, value: 180_000 },
  { path: 'budget.ratio', min: 0, max: 100, value: 0.2 },
  { path: 'budget.minPerMinute', integer: true, min: 0, max: 1_000_000, value: 30 },
  { path: 'circuit.failureRatio', min: 0.01, max: 1, value: 0.8 },
  { path: 'circuit.minimumAttempts', integer: true, min: 1, max: 1_000_000, value: 10 },
  { path: 'circuit.windowMs', min: 100, max: MAX_TIMER_MS, value: 60_000 },
  { path: 'circuit.openMs', ...TIME, value: 15_000 },
  { path: 'circuit.maxOpenMs', ...TIME, value: 120_000 },
  { path: 'circuit.maxCircuits', integer: true, min: 1, max: 100_000, value: 1_000 },
  { path: 'throttle.maxWaiting', integer: true, min: 0, max: 1_000_000, value: 1_000 },
  { path: 'quota.reserve', min: 0, max: 0.5, value: 0 },
  { path: 'quota.minuteMs', ...TIME, value: 60_000 },
  { path: 'quota.transitMs', ...WAIT, value: 5_000 },
  { path: 'quota.expectedProcesses', integer: true, min: 1, max: 1_000_000 },
  { path: 'quota.storeTimeoutMs', ...TIME, value: 2_000 },
];

/** The rules of the numeric options in one section, such as `retry`; `''` for those outside any section. */
export function numberFields(section: string): OptionRules {
  const fields: Record<string, Rule> = {};
  for (const { path, integer: whole, min, max } of NUMBER_OPTIONS) {
    const dot = path.indexOf('.');
    if (path.slice(0, Math.max(dot, 0)) !== section) continue;
    fields[path.slice(dot + 1)] = whole ? integer(min, max) : number(min, max);
  }
  return fields;
}

/** The options of a single operation or call. */
export const CALL_FIELDS: OptionRules = {
  ...numberFields(''),
  maxRetries: integer(0, 100),
  idempotent: boolean,
  priority: number(-1_000, 1_000),
};
