import type { MessageValues } from '@defender-resilience/core';

/** The ways in which an answer can go wrong below or beside HTTP's status. */
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
 * What happens to an answer:
 *
 * - `reset`: the connection is reset before anything is done or answered;
 * - `reset-headers`: the request is carried out, and the reset comes in the middle of the headers;
 * - `reset-mid-body`: the same, in the middle of the body;
 * - `truncate`: a complete HTTP answer whose JSON ends half-way;
 * - `malformed`: a complete HTTP answer whose JSON is broken;
 * - `html`: a gateway's HTML page (502 unless `status` says otherwise);
 * - `empty`: no body (500 unless `status` says otherwise);
 * - `hang`: no answer, ever; the request is not carried out.
 */
export type StepAction = (typeof STEP_ACTIONS)[number];

/** One scripted answer, spelled out. */
export interface ScriptStepDetails {
  /** 200 without a `body`: the ordinary answer. */
  readonly status?: number;
  /** The error's code; any text, so that unknown codes can be tried as well. */
  readonly code?: string;
  /** @defaultValue the catalogue's message for the code */
  readonly message?: string;
  /** Fills the variable parts of the catalogue's message. */
  readonly values?: MessageValues;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, an object as JSON; replaces the error's envelope. */
  readonly body?: string | object;
  /** Milliseconds to wait before the answer. */
  readonly latencyMs?: number;
  readonly action?: StepAction;
  /** Only for calls of this operation (`incidents.list`, `token`), or below this path (`/api/machines`). */
  readonly for?: string;
  /**
   * How many calls get this answer. `'always'`: every one, and nobody complains when there is none.
   *
   * @defaultValue 1
   */
  readonly times?: number | 'always';
  /**
   * The `Retry-After` header: seconds, or text that is sent as it is (an HTTP date, rubbish), or an
   * HTTP date that lies so many milliseconds after the answer, rounded up to a whole second.
   */
  readonly retryAfter?: string | number | { readonly dateInMs: number };
}

/**
 * One scripted answer: a status (with the error that usually comes with it; 200 answers normally),
 * a code of the catalogue, an action, or all of it spelled out. A code that the catalogue does not
 * have must be spelled out, so that a mistyped one is noticed: `{ code: 'Teapot', status: 418 }`.
 */
export type ScriptStep = number | string | ScriptStepDetails;

/** What decides whether a step is meant for a call. */
export interface StepTarget {
  readonly operation: string;
  readonly path: string;
}

function isAction(text: string): text is StepAction {
  return STEP_ACTIONS.some((action) => action === text);
}

/** Spells a step out. */
export function stepDetails(step: ScriptStep): ScriptStepDetails {
  if (typeof step === 'number') return { status: step };
  if (typeof step === 'string') return isAction(step) ? { action: step } : { code: step };
  return step;
}

/** The name of the token endpoint's operation, which the APIs' operations table does not hold. */
export const TOKEN_OPERATION = 'token';

/** Whether a call is one that `filter` names; an answer for no call in particular is for all. */
export function isFor(filter: string | undefined, target: StepTarget): boolean {
  // A script is about the API; the token that a client fetches on the way must not use it up.
  if (filter === undefined) return target.operation !== TOKEN_OPERATION;
  if (filter.startsWith('/')) return target.path.toLowerCase().startsWith(filter.toLowerCase());
  return filter === target.operation;
}

/** A scripted answer that no call has asked for yet, and how often it still waits to be. */
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

/** The answers that are still to be given, in order. */
export class Script {
  #pending: { step: ScriptStepDetails; timesLeft: number | 'always' }[] = [];

  /** What nobody has asked for yet. */
  get pending(): readonly PendingStep[] {
    return this.#pending.map((entry) => ({ ...entry }));
  }

  append(steps: readonly ScriptStep[]): void {
    for (const step of steps.map(stepDetails)) {
      this.#pending.push({ step, timesLeft: step.times ?? 1 });
    }
  }

  /** Takes the first step that is meant for this call. */
  take(target: StepTarget): ScriptStepDetails | undefined {
    const index = this.#pending.findIndex(({ step }) => isFor(step.for, target));
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

  /** A table of what nobody asked for; undefined when all of it was used. */
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
    return `${count} never asked for:\n${table([['#', 'answer', 'for', 'times left'], ...rows])}`;
  }
}
