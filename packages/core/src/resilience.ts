import { wrapGlobalFetch } from './clients/fetch/global-fetch.ts';
import { type Fetch, type WrapFetchOptions, wrapFetch } from './clients/fetch/wrap-fetch.ts';
import {
  type AttemptFunction,
  type ExecuteOptions,
  FunctionCall,
  type WrapOptions,
} from './clients/function/function-call.ts';
import type { CircuitState } from './observe/observer.ts';
import type { QuotaState } from './observe/quota.ts';
import {
  CLOSE_OPTIONS,
  EXECUTE_OPTIONS,
  WRAP_FETCH_OPTIONS,
  WRAP_OPTIONS,
} from './options/call-options.ts';
import type { ResilienceOptions } from './options/options.ts';
import { settingsOf } from './options/settings.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { registerPipeline } from './pipeline/pipeline-of.ts';
import { runCall } from './pipeline/run-call.ts';
import { checkOptions } from './validation/check-options.ts';

/** The current state of a wrapper: plain data, for a health endpoint. */
export interface ResilienceSnapshot {
  /** Whether `close` was called: further calls are refused. */
  readonly closed: boolean;
  /** How many calls have begun and not ended. */
  readonly inFlight: number;
  /** The retry budget of the last minute: calls, retries, and how many retries are allowed. */
  readonly budget: { readonly calls: number; readonly retries: number; readonly allowed: number };
  /** The circuits that were used, at most `circuit.maxCircuits`; empty if circuits are off. */
  readonly circuits: readonly {
    /** Host and operation. */
    readonly circuit: string;
    readonly state: CircuitState;
    /** How many attempts in the window count for the circuit. */
    readonly attempts: number;
    /** How many of them failed. */
    readonly failures: number;
    /** Milliseconds until a probe may be sent; 0 unless the circuit is open. */
    readonly openForMs: number;
  }[];
  /** The quota groups that are paused, or in which calls still wait. */
  readonly throttles: readonly {
    /** Host and quota group. */
    readonly group: string;
    /** Milliseconds until the pause ends; 0 when only waiting calls are left. */
    readonly pausedForMs: number;
    /** How many calls wait. */
    readonly waiting: number;
  }[];
  /** The state of the quotas that were used; empty without the `quota` option. */
  readonly quotas: readonly QuotaState[];
}

/** The options of `close`. */
export interface CloseOptions {
  /**
   * How long active calls may take to end before they are aborted, in milliseconds; 0 aborts them at once.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number;
  /**
   * How long `close` waits afterwards for the observers and the quota store, in milliseconds.
   *
   * @defaultValue 2,000
   */
  readonly flushTimeoutMs?: number;
}

/**
 * One wrapper with its circuits, retry budget, quotas and observers, which all calls through it share. Created
 * by {@link createResilience}; a program creates one for each tenant or user and keeps it.
 */
export interface Resilience extends AsyncDisposable {
  /** The built-in fetch, wrapped as `wrapFetch` wraps it. The same function each time. */
  readonly fetch: Fetch;
  /**
   * Makes a fetch resilient: same arguments, same results, same errors and same name as `fetch`. An HTTP error
   * is returned as an unread `Response`; a rejection is the error of `fetch` itself. `failureOf` explains both.
   *
   * @param fetch - the built-in fetch, undici's, or any function that is called like it
   * @param options - `bufferJson` for clients that read the whole body anyway, such as ky
   * @throws TypeError when `fetch` is not a function
   * @example
   * ```ts
   * const fetch = resilience.wrapFetch(globalThis.fetch);
   * const response = await fetch('https://api.security.microsoft.com/api/incidents');
   * if (!response.ok) console.error(failureOf(response)?.advice);
   * ```
   */
  wrapFetch(fetch: Fetch, options?: WrapFetchOptions): Fetch;
  /**
   * Makes a function resilient: same parameters, same result, same errors, but always a promise.
   *
   * @param operation - a name from the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   * @param fn - called once for each attempt, with the same `this` and arguments
   * @param options - for every call of the function
   * @throws TypeError when the name is missing or `fn` is not a function
   * @example
   * ```ts
   * const getIncident = resilience.wrap('incidents.get', (id: number) => sdk.getIncident(id));
   * const incident = await getIncident(7);
   * ```
   */
  wrap<Self, Args extends readonly unknown[], Result>(
    operation: string,
    fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result,
    options?: WrapOptions<Result>,
  ): (this: Self, ...args: Args) => Promise<Result>;
  /**
   * Runs `fn`, and runs it again if that can help. Rejects with the last error of `fn` itself, unchanged;
   * `failureOf(error)` explains it.
   *
   * @param operation - a name from the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   * @param fn - makes one attempt; receives its number and an `AbortSignal` that aborts when the time is up
   * @throws CircuitOpenError, ThrottledError if the call was refused before anything was sent
   * @throws AttemptTimeoutError, DeadlineExceededError if the time was up
   * @throws TypeError, at once, if the name is missing, `fn` is not a function, or an option is invalid
   * @example
   * ```ts
   * const incident = await resilience.execute(
   *   'incidents.get',
   *   ({ signal }) => sdk.getIncident(7, { signal }),
   *   { deadlineMs: 30_000 },
   * );
   * ```
   */
  execute<T>(operation: string, fn: AttemptFunction<T>, options?: ExecuteOptions<T>): Promise<T>;
  /** Returns the current state, for a health endpoint. */
  snapshot(): ResilienceSnapshot;
  /**
   * Shuts the wrapper down, as at the end of a process. New calls reject with `ClosedError`. Waits end at once:
   * a call that waits for a retry ends with its last failure, one that was never sent with `ClosedError`.
   * Active calls have `timeoutMs` to end; then they are aborted and reject with `ClosedError`. Finally the
   * observers send buffered data (`Observer.flush`).
   *
   * When the promise resolves, the wrapper has no timers left. It never rejects: observers' errors are passed
   * to `onObserverError`. A second `close` returns the same promise and can only shorten the remaining time.
   * Does not close the connection of a quota store, which belongs to its creator, nor interrupt the body of a
   * response that the caller already has.
   *
   * @param options - how long active calls and observers may take; 10 s and 2 s by default
   * @throws TypeError that names every invalid option
   * @example
   * ```ts
   * process.once('SIGTERM', async () => {
   *   server.close();
   *   await resilience.close({ timeoutMs: 20_000 });
   * });
   * ```
   */
  close(options?: CloseOptions): Promise<void>;
  /** {@link close} with its defaults, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a wrapper for calls to the Defender APIs: retries, circuit breaking, throttling and telemetry for the
 * calls that a program already makes.
 *
 * @param options - each has a default; none is needed
 * @throws TypeError that names every invalid option at once
 * @example
 * ```ts
 * const resilience = createResilience({ observers: [logObserver({ logger: console })] });
 * const response = await resilience.fetch('https://api.security.microsoft.com/api/incidents');
 * ```
 */
export function createResilience(options?: ResilienceOptions): Resilience {
  const pipeline = new Pipeline(settingsOf(options));
  const resilience: Resilience = {
    fetch: wrapGlobalFetch(pipeline),
    wrapFetch(fetch, options) {
      if (typeof fetch !== 'function') {
        throw new TypeError(`wrapFetch takes a function like fetch, got ${typeof fetch}`);
      }
      checkOptions('wrapFetch', WRAP_FETCH_OPTIONS, options);
      return wrapFetch(pipeline, fetch, options);
    },
    wrap<Self, Args extends readonly unknown[], Result>(
      operation: string,
      fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result,
      options?: WrapOptions<Result>,
    ) {
      checkCall('wrap', operation, fn);
      checkOptions('wrap', WRAP_OPTIONS, options);
      const wrapped = function (this: Self, ...args: Args): Promise<Result> {
        const attempt = (): PromiseLike<Result> | Result => Reflect.apply(fn, this, args);
        return runCall(pipeline, new FunctionCall(pipeline, operation, attempt, options));
      };
      Object.defineProperty(wrapped, 'name', { value: fn.name, configurable: true });
      Object.defineProperty(wrapped, 'length', { value: fn.length, configurable: true });
      return wrapped;
    },
    execute<T>(operation: string, fn: AttemptFunction<T>, given?: ExecuteOptions<T>) {
      checkCall('execute', operation, fn);
      checkOptions('execute', EXECUTE_OPTIONS, given);
      return runCall(pipeline, new FunctionCall(pipeline, operation, fn, given));
    },
    snapshot() {
      const now = pipeline.clock.now();
      return {
        closed: pipeline.lifecycle.closed,
        inFlight: pipeline.inFlight,
        budget: pipeline.budget.snapshot(now),
        circuits: pipeline.circuits?.snapshot(now) ?? [],
        throttles: pipeline.gate.snapshot(),
        quotas: pipeline.gate.quotas(),
      };
    },
    close(options: CloseOptions = {}) {
      checkOptions('close', CLOSE_OPTIONS, options);
      const { timeoutMs = 10_000, flushTimeoutMs = 2_000 } = options;
      return pipeline.lifecycle.close({ timeoutMs, flushTimeoutMs });
    },
    [asyncDispose]: () => resilience.close(),
  };
  registerPipeline(resilience, pipeline);
  return resilience;
}

// Not every browser has the symbol yet. TypeScript's output uses the same fallback.
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

function checkCall(method: string, operation: unknown, fn: unknown): void {
  if (typeof operation !== 'string' || operation === '') {
    throw new TypeError(
      `${method} takes the operation's name first, such as 'incidents.get', got ${typeof operation}`,
    );
  }
  if (typeof fn !== 'function') {
    throw new TypeError(`${method} takes a function after the operation's name, got ${typeof fn}`);
  }
}
