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

/** What a wrapper is doing now: plain data, for a health endpoint. */
export interface ResilienceSnapshot {
  /** Whether `close` was called: further calls are refused. */
  readonly closed: boolean;
  /** How many calls have begun and not ended. */
  readonly inFlight: number;
  /** The retry budget of the last minute: calls, retries, and how many retries are allowed. */
  readonly budget: { readonly calls: number; readonly retries: number; readonly allowed: number };
  /** The circuits that were used, at most `circuit.maxCircuits`; empty where circuits are off. */
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
  /** How full the quotas are, of the groups that were used; empty without the `quota` option. */
  readonly quotas: readonly QuotaState[];
}

/** The options of `close`. */
export interface CloseOptions {
  /**
   * How long calls under way may take to end before they are aborted, in milliseconds; 0 aborts them at
   * once.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number;
  /**
   * How long `close` then waits for the observers and the quota store, in milliseconds.
   *
   * @defaultValue 2,000
   */
  readonly flushTimeoutMs?: number;
}

/**
 * One wrapper with its circuits, retry budget, quotas and observers, which all calls through it share.
 * Made by {@link createResilience}; a program makes one for each tenant or user and keeps it.
 */
export interface Resilience extends AsyncDisposable {
  /** The built-in fetch, wrapped as `wrapFetch` wraps it. The same function each time. */
  readonly fetch: Fetch;
  /**
   * Makes a fetch resilient: same arguments, same results, same errors as `fetch`, whose name it has.
   * An HTTP error comes back as the `Response` that it is, unread; a rejection is the error of `fetch`
   * itself. What the wrapper found out about either is read with `failureOf`.
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
   * Makes a function resilient: same parameters, same result, same errors, and a promise in any case.
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
   * Runs `fn`, and runs it again where that helps. Rejects with what `fn` itself rejected with last,
   * unchanged; `failureOf(error)` tells what is known about it.
   *
   * @param operation - a name from the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   * @param fn - makes one attempt; gets the attempt's number and an `AbortSignal` that ends it in time
   * @throws CircuitOpenError, ThrottledError when the call was refused before anything was sent
   * @throws AttemptTimeoutError, DeadlineExceededError when the time was up
   * @throws TypeError, at once, when the name is missing, `fn` is not a function, or an option is invalid
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
  /** What it is doing now. */
  snapshot(): ResilienceSnapshot;
  /**
   * Ends the wrapper, as at the end of a process. From now on calls reject with `ClosedError`.
   * Waits end at once: a call that waits for a retry ends with the failure that it has, one that was
   * never sent with `ClosedError`. Calls under way may end within `timeoutMs`, then they are aborted and
   * reject with `ClosedError`. At last the observers send what they keep (`Observer.flush`).
   *
   * When the promise resolves, no timer of the wrapper is left. It never rejects: what an observer threw
   * goes to `onObserverError`. A second `close` returns the same promise and can only shorten the time
   * that is left. The connection of a quota store is not closed: it belongs to whoever made it. The body
   * of a response that the caller already has belongs to the caller, and is not cut off.
   *
   * @param options - how long calls under way and observers may take; 10 s and 2 s by default
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
 * Makes a wrapper for calls to the Defender APIs: retries, circuit breaking, throttling and telemetry for
 * the calls that a program already makes.
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

// Not every browser has the symbol yet; TypeScript's output looks for the same one then.
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
