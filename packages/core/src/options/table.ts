import { MAX_TIMER_MS } from '../clock.ts';
import {
  boolean,
  integer,
  number,
  type OptionRules,
  type Rule,
} from '../validation/check-options.ts';

/** The timeouts of operations for which the operations table has none. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 60_000;
export const DEFAULT_DEADLINE_MS = 300_000;

/** One numeric option: the source of its check, its default and its row in the reference. */
export interface NumberOption {
  /** The option's path, such as `retry.maxRetries`. */
  readonly path: string;
  readonly integer?: true;
  readonly min: number;
  readonly max: number;
  /** The default; absent if it depends on the operation. */
  readonly value?: number;
  /** What the option does, for the reference. */
  readonly text: string;
}

const TIME = { min: 1, max: MAX_TIMER_MS } as const;
const WAIT = { min: 0, max: MAX_TIMER_MS } as const;

/** Every numeric option. */
export const NUMBER_OPTIONS: readonly NumberOption[] = [
  {
    path: 'attemptTimeoutMs',
    ...TIME,
    text: 'The timeout of one attempt, until its response headers arrive. 60 s; for advanced hunting 240 s.',
  },
  {
    path: 'deadlineMs',
    ...TIME,
    text: 'The timeout of a whole call with all its attempts and waits. 300 s; for advanced hunting 900 s.',
  },
  {
    path: 'retry.maxRetries',
    integer: true,
    min: 0,
    max: 100,
    value: 3,
    text: 'The maximum number of retries. With the first one, a call has one attempt more.',
  },
  {
    path: 'retry.initialDelayMs',
    ...WAIT,
    value: 1_000,
    text: 'The median wait before the first retry. It doubles with each retry, with decorrelated jitter.',
  },
  { path: 'retry.maxDelayMs', ...WAIT, value: 30_000, text: 'The maximum wait before a retry.' },
  {
    path: 'retry.throttleInitialDelayMs',
    ...WAIT,
    value: 10_000,
    text: 'The median wait before the first retry of a 429 without Retry-After. It doubles with each retry.',
  },
  {
    path: 'retry.throttleMaxDelayMs',
    ...WAIT,
    value: 60_000,
    text: 'The maximum wait before a retry of a 429 without Retry-After.',
  },
  {
    path: 'retry.maxRetryAfterMs',
    ...WAIT,
    value: 180_000,
    text: 'Give up when Retry-After exceeds this: the call fails at once, and its failure has the `retryAfterMs`.',
  },
  {
    path: 'budget.ratio',
    min: 0,
    max: 100,
    value: 0.2,
    text: 'The retry budget: how many retries are allowed per call of the last minute.',
  },
  {
    path: 'budget.minPerMinute',
    integer: true,
    min: 0,
    max: 1_000_000,
    value: 30,
    text: 'The number of retries per minute that the retry budget always allows.',
  },
  {
    path: 'circuit.failureRatio',
    min: 0.01,
    max: 1,
    value: 0.8,
    text: 'The share of failed attempts, from 0 to 1, at which a circuit opens.',
  },
  {
    path: 'circuit.minimumAttempts',
    integer: true,
    min: 1,
    max: 1_000_000,
    value: 10,
    text: 'The minimum number of attempts in the window before a circuit can open.',
  },
  {
    path: 'circuit.windowMs',
    min: 100,
    max: MAX_TIMER_MS,
    value: 60_000,
    text: 'Length of the sliding window in which a circuit counts attempts.',
  },
  {
    path: 'circuit.openMs',
    ...TIME,
    value: 15_000,
    text: 'How long a circuit stays open the first time. It doubles each time the probe fails, plus up to 10 % jitter.',
  },
  {
    path: 'circuit.maxOpenMs',
    ...TIME,
    value: 120_000,
    text: 'The maximum time that a circuit stays open, before jitter.',
  },
  {
    path: 'circuit.maxCircuits',
    integer: true,
    min: 1,
    max: 100_000,
    value: 1_000,
    text: 'The maximum number of circuits that are kept; beyond it, the oldest closed one is dropped.',
  },
  {
    path: 'throttle.maxWaiting',
    integer: true,
    min: 0,
    max: 1_000_000,
    value: 1_000,
    text: 'How many calls may wait in one quota group, for the end of a pause or for their turn. When it is full, a call of a higher priority takes the place of another; further ones fail at once.',
  },
  {
    path: 'quota.reserve',
    min: 0,
    max: 0.5,
    value: 0,
    text: 'The share of each limit that is kept for calls of a priority above 0.',
  },
  {
    path: 'quota.minuteMs',
    ...TIME,
    value: 60_000,
    text: "How long a quota's minute lasts; its hour is 60 of them. For tests against a simulator with shortened minutes.",
  },
  {
    path: 'quota.transitMs',
    ...WAIT,
    value: 5_000,
    text: 'How long a call may take at most to arrive at the service; its answer says that it has.',
  },
  {
    path: 'quota.expectedProcesses',
    integer: true,
    min: 1,
    max: 1_000_000,
    text: 'How many processes share `quota.store`; each sends its part of the limit while the store is away. As many as the store saw lately; 8 where it was never reached.',
  },
  {
    path: 'quota.storeTimeoutMs',
    ...TIME,
    value: 2_000,
    text: 'For how long `quota.store` may be slow or fail before each process goes on with its part of the limit.',
  },
];

/** The rules of the numeric options of one section, such as `retry`, or of none. */
export function numberFields(section: string): OptionRules {
  const prefix = section === '' ? '' : `${section}.`;
  const rows = NUMBER_OPTIONS.filter(({ path }) =>
    section === '' ? !path.includes('.') : path.startsWith(prefix),
  );
  return Object.fromEntries(rows.map((row) => [row.path.slice(prefix.length), ruleOf(row)]));
}

function ruleOf({ integer: whole, min, max }: NumberOption): Rule {
  return whole ? integer(min, max) : number(min, max);
}

/** The options of a single operation or call. */
export const CALL_FIELDS: OptionRules = {
  ...numberFields(''),
  maxRetries: integer(0, 100),
  idempotent: boolean,
  priority: number(-1_000, 1_000),
};
