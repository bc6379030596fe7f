import type { MessageValues } from '@defender-resilience/core';

export const STEP_ACTIONS = [
  'reset',
  'reset-headers',
  'reset-mid-body',
  'truncate',
  'malformed',
  'html',
  'empty',
  'hang',
] as const;

/**
 * How an answer fails besides its HTTP status:
 *
 * - `reset`: the connection is reset before the call is carried out;
 * - `reset-headers`: the call is carried out, and the connection is reset in the middle of the headers;
 * - `reset-mid-body`: the call is carried out, and the connection is reset in the middle of the body;
 * - `truncate`: a complete HTTP response whose JSON ends half-way;
 * - `malformed`: a complete HTTP response whose JSON is broken;
 * - `html`: a gateway's HTML page (502 unless `status` says otherwise);
 * - `empty`: no body (500 unless `status` says otherwise);
 * - `hang`: no answer, ever; the call is not carried out.
 */
export type StepAction = (typeof STEP_ACTIONS)[number];

/** One scripted answer, spelled out. */
export interface ScriptStepDetails {
  /** The HTTP status. 200 without a `body` gives the ordinary answer. @defaultValue the code's status, or 200 */
  readonly status?: number;
  /** The error's code. Any text, so that unknown codes can be tried too. @defaultValue the status's usual code */
  readonly code?: string;
  /** The error's message. @defaultValue the catalogue's message for the code */
  readonly message?: string;
  /** Values of the variables in the catalogue's message. @defaultValue none */
  readonly values?: MessageValues;
  /** Headers to add to the answer, or to replace in it. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body: a string is sent as it is, an object as JSON. @defaultValue the error's envelope, or the ordinary answer */
  readonly body?: string | object;
  /** Milliseconds to wait before the answer. @defaultValue 0 */
  readonly latencyMs?: number;
  /** How the answer fails besides its HTTP status. @defaultValue it does not */
  readonly action?: StepAction;
  /**
   * Which calls may get this answer: those of an operation (`incidents.list`, `token`), or of a path and
   * all below it (`/api/machines`).
   *
   * @defaultValue every call except token requests
   */
  readonly for?: string;
  /** How many calls get this answer. `'always'` may also remain unused. @defaultValue 1 */
  readonly times?: number | 'always';
  /**
   * The `Retry-After` header: seconds; text that is sent as it is, such as an HTTP date or something invalid;
   * or a date that many milliseconds after the answer, rounded up to a second.
   *
   * @defaultValue no header
   */
  readonly retryAfter?: string | number | { readonly dateInMs: number };
}

/**
 * One scripted answer: a status (with its usual error; 200 gives the ordinary answer), a code of the
 * catalogue, an action, or all of it spelled out. A code that the catalogue does not have must be spelled
 * out, so that a typo is noticed: `{ code: 'Teapot', status: 418 }`.
 */
export type ScriptStep = number | string | ScriptStepDetails;

/** The properties of a call that decide whether a step applies to it. */
export interface StepTarget {
  readonly operation: string;
  readonly path: string;
}

export function isAction(text: string): text is StepAction {
  return STEP_ACTIONS.some((action) => action === text);
}

/** Converts a step to its full form. */
export function stepDetails(step: ScriptStep): ScriptStepDetails {
  if (typeof step === 'number') return { status: step };
  if (typeof step === 'string') return isAction(step) ? { action: step } : { code: step };
  return step;
}

/** The name of the token endpoint's operation, which core's operations table does not have. */
export const TOKEN_OPERATION = 'token';

/** Whether a step's `for` includes a call. */
export function appliesTo(filter: string | undefined, target: StepTarget): boolean {
  // A script is for API calls: a client that fetches a token first must not use it up.
  if (filter === undefined) return target.operation !== TOKEN_OPERATION;
  if (filter.startsWith('/')) return target.path.toLowerCase().startsWith(filter.toLowerCase());
  return filter === target.operation;
}

/** A scripted answer that is not used up, and how many more calls get it. */
export interface PendingStep {
  readonly step: ScriptStepDetails;
  readonly timesLeft: number | 'always';
}

function describe({ step }: PendingStep): string {
  const parts = [step.action, step.code, step.status].filter((part) => part !== undefined);
  return parts.join(' ') || 'the ordinary answer';
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`)
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The scripted answers that are not used up, in order. */
export class Script {
  #pending: { step: ScriptStepDetails; timesLeft: number | 'always' }[] = [];

  get pending(): readonly PendingStep[] {
    return this.#pending.map((entry) => ({ ...entry }));
  }

  append(steps: readonly ScriptStep[]): void {
    for (const step of steps.map(stepDetails)) {
      this.#pending.push({ step, timesLeft: step.times ?? 1 });
    }
  }

  /** Takes the first step that applies to this call. */
  take(target: StepTarget): ScriptStepDetails | undefined {
    const index = this.#pending.findIndex(({ step }) => appliesTo(step.for, target));
    const entry = this.#pending[index];
    if (entry === undefined) return undefined;
    if (entry.timesLeft === 'always') return entry.step;
    entry.timesLeft -= 1;
    if (entry.timesLeft === 0) this.#pending.splice(index, 1);
    return entry.step;
  }

  clear(): void {
    this.#pending = [];
  }

  /** A table of the steps that no call has used; undefined when there are none. */
  unconsumed(): string | undefined {
    const expected = this.#pending.filter(({ timesLeft }) => timesLeft !== 'always');
    if (expected.length === 0) return undefined;
    const rows = expected.map((entry, index) => [
      String(index + 1),
      describe(entry),
      entry.step.for ?? 'any call',
      String(entry.timesLeft),
    ]);
    const count =
      rows.length === 1 ? '1 scripted answer was' : `${rows.length} scripted answers were`;
    return `${count} never used:\n${table([['#', 'answer', 'for', 'times left'], ...rows])}`;
  }
}
