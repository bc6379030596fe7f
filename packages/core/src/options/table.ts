import { MAX_TIMER_MS } from '../clock.ts';

/** The defaults of what the operations table does not say. */
export const DEFAULT_ATTEMPT_TIMEOUT_MS = 60_000;
export const DEFAULT_DEADLINE_MS = 300_000;

/** One numeric option: from here come the check, the default and the page of options. */
export interface NumberOption {
  readonly path: string;
  readonly integer?: true;
  readonly min: number;
  readonly max: number;
  /** Absent where the default depends on the operation. */
  readonly value?: number;
  readonly text: string;
}

const TIME = { min: 1, max: MAX_TIMER_MS } as const;
const WAIT = { min: 0, max: MAX_TIMER_MS } as const;

/** Every numeric option. */
export const NUMBER_OPTIONS: readonly NumberOption[] = [
  {
    path: 'attemptTimeoutMs',
    ...TIME,
    text: 'How long one attempt may take until its headers are there. 60 s; advanced hunting 240 s.',
  },
  {
    path: 'deadlineMs',
    ...TIME,
    text: 'How long a call may take with all its attempts and waits. 300 s; advanced hunting 900 s.',
  },
  {
    path: 'retry.maxRetries',
    integer: true,
    min: 0,
    max: 100,
    value: 3,
    text: 'How often a failed attempt is repeated; attempts are one more.',
  },
  {
    path: 'retry.initialDelayMs',
    ...WAIT,
    value: 1_000,
    text: 'The median of the first wait; it doubles from retry to retry, with decorrelated jitter.',
  },
  { path: 'retry.maxDelayMs', ...WAIT, value: 30_000, text: 'The longest such wait.' },
  {
    path: 'retry.throttleInitialDelayMs',
    ...WAIT,
    value: 10_000,
    text: 'The same for a 429 that tells no wait.',
  },
  {
    path: 'retry.throttleMaxDelayMs',
    ...WAIT,
    value: 60_000,
    text: 'The longest wait after a 429 that tells none.',
  },
  {
    path: 'retry.maxRetryAfterMs',
    ...WAIT,
    value: 180_000,
    text: 'A told wait beyond this is not waited for: the call fails at once and says how long the wait is.',
  },
  {
    path: 'budget.ratio',
    min: 0,
    max: 100,
    value: 0.2,
    text: 'Retries allowed for each call of the last minute.',
  },
  {
    path: 'budget.minPerMinute',
    integer: true,
    min: 0,
    max: 1_000_000,
    value: 30,
    text: 'Retries a minute that are allowed in any case.',
  },
  {
    path: 'circuit.failureRatio',
    min: 0.01,
    max: 1,
    value: 0.8,
    text: 'The share of failed attempts at which a circuit opens.',
  },
  {
    path: 'circuit.minimumAttempts',
    integer: true,
    min: 1,
    max: 1_000_000,
    value: 10,
    text: 'How many attempts the window must hold before a circuit can open.',
  },
  {
    path: 'circuit.windowMs',
    min: 100,
    max: MAX_TIMER_MS,
    value: 60_000,
    text: 'The window, which really slides.',
  },
  {
    path: 'circuit.openMs',
    ...TIME,
    value: 15_000,
    text: 'How long a circuit stays open the first time; each further time doubles it, with up to 10 % jitter.',
  },
  {
    path: 'circuit.maxOpenMs',
    ...TIME,
    value: 120_000,
    text: 'The longest time that a circuit stays open before its jitter.',
  },
  {
    path: 'circuit.maxCircuits',
    integer: true,
    min: 1,
    max: 100_000,
    value: 1_000,
    text: 'How many circuits are kept; beyond it the oldest closed one is forgotten.',
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
];

/** The numeric options of a single operation. */
export const OPERATION_FIELDS: readonly NumberOption[] = [
  { path: 'attemptTimeoutMs', ...TIME, text: '' },
  { path: 'deadlineMs', ...TIME, text: '' },
  { path: 'maxRetries', integer: true, min: 0, max: 100, text: '' },
  { path: 'priority', min: -1_000, max: 1_000, text: '' },
];
