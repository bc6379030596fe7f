import type { AttemptEnd, AttemptObserver, CallOutcome } from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_CLASS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_OPERATION,
  ATTR_OUTCOME,
  ATTR_RETRY_REASON,
} from './attribute-names.ts';
import type { ErrorLabels } from './error-type.ts';
import type { Report } from './instruments.ts';

/** The maximum number of different HTTP statuses per operation; any more count as `x00`. */
const MAX_STATUSES = 40;

interface Count {
  readonly attributes: Attributes;
  value: number;
}

/** Calls that did not succeed, by how they ended. */
interface EndedCalls extends Count {
  readonly durationAttributes: Attributes;
}

/** The counts of one error of the operation. */
interface ErrorState {
  readonly attributes: Attributes;
  sinceSuccess: number;
  lastMs: number;
}

/**
 * The counts of one operation. The attributes of each series are created once, so that a successful call only
 * changes numbers.
 */
export class OperationState implements AttemptObserver {
  inFlight = 0;
  /** The attributes of successful calls. */
  readonly success: Attributes;
  readonly #attributes: Attributes;
  #succeeded = 0;
  #lastSuccessMs = 0;
  #failing = false;
  readonly #ended = new Map<string, EndedCalls>();
  readonly #errors = new Map<string, ErrorState>();
  /** By status; 0 for attempts without a response. */
  readonly #attempts = new Map<number, Count>();
  readonly #retries = new Map<string, Attributes>();

  constructor(operation: string, constantAttributes: Attributes) {
    this.#attributes = { ...constantAttributes, [ATTR_OPERATION]: operation };
    this.success = { ...this.#attributes, [ATTR_OUTCOME]: 'success' };
  }

  /** Counts an attempt that ended. */
  end({ status = 0 }: AttemptEnd): void {
    const known = this.#attempts.get(status);
    if (known !== undefined) known.value += 1;
    else this.#countNewStatus(status);
  }

  succeed(epochMs: number): void {
    this.inFlight -= 1;
    this.#succeeded += 1;
    this.#lastSuccessMs = epochMs;
    if (!this.#failing) return;
    this.#failing = false;
    for (const error of this.#errors.values()) error.sinceSuccess = 0;
  }

  /**
   * Counts a call that did not succeed.
   *
   * @param error - undefined if it is not an error: a caller's abort, or an expected status
   * @returns the attributes of its duration
   */
  fail(outcome: CallOutcome, error: ErrorLabels | undefined, epochMs: number): Attributes {
    this.inFlight -= 1;
    const key = error === undefined ? outcome : `${outcome} ${error.class} ${error.type}`;
    const ended = memoize(this.#ended, key, () => this.#endedCalls(outcome, error));
    ended.value += 1;
    if (error !== undefined) {
      const errorKey = `${error.class} ${error.type}`;
      const state = memoize(this.#errors, errorKey, () => this.#errorState(error));
      state.sinceSuccess += 1;
      state.lastMs = epochMs;
      this.#failing = true;
    }
    return ended.durationAttributes;
  }

  retryAttributes(reason: string): Attributes {
    return memoize(this.#retries, reason, () => ({
      ...this.#attributes,
      [ATTR_RETRY_REASON]: reason,
    }));
  }

  report({ observe, instruments }: Report): void {
    observe(instruments.inFlight, this.inFlight, this.#attributes);
    observe(instruments.lastSuccess, this.#lastSuccessMs / 1_000, this.#attributes);
    observe(instruments.operations, this.#succeeded, this.success);
    for (const { value, attributes } of this.#ended.values()) {
      observe(instruments.operations, value, attributes);
    }
    for (const { value, attributes } of this.#attempts.values()) {
      observe(instruments.attempts, value, attributes);
    }
    for (const { attributes, sinceSuccess, lastMs } of this.#errors.values()) {
      observe(instruments.failuresSinceSuccess, sinceSuccess, attributes);
      observe(instruments.lastError, lastMs / 1_000, attributes);
    }
  }

  #countNewStatus(status: number): void {
    const isStatus = Number.isInteger(status) && status >= 100 && status <= 599;
    const known = isStatus ? status : 0;
    const counted =
      this.#attempts.size < MAX_STATUSES || known === 0 ? known : Math.floor(known / 100) * 100;
    const count = memoize(this.#attempts, counted, () => ({
      attributes:
        counted === 0
          ? this.#attributes
          : { ...this.#attributes, [ATTR_HTTP_RESPONSE_STATUS_CODE]: counted },
      value: 0,
    }));
    count.value += 1;
  }

  #endedCalls(outcome: CallOutcome, error: ErrorLabels | undefined): EndedCalls {
    const attributes = { ...this.#attributes, [ATTR_OUTCOME]: outcome };
    if (error === undefined) return { attributes, durationAttributes: attributes, value: 0 };
    const durationAttributes = { ...attributes, [ATTR_ERROR_TYPE]: error.type };
    return {
      attributes: { ...durationAttributes, [ATTR_ERROR_CLASS]: error.class },
      durationAttributes,
      value: 0,
    };
  }

  #errorState(error: ErrorLabels): ErrorState {
    const attributes = {
      ...this.#attributes,
      [ATTR_ERROR_TYPE]: error.type,
      [ATTR_ERROR_CLASS]: error.class,
    };
    return { attributes, sinceSuccess: 0, lastMs: 0 };
  }
}

/** The value of a key, created at its first use. */
export function memoize<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
