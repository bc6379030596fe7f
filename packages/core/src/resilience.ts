import { type Fetch, wrapFetch } from './clients/fetch/wrap-fetch.ts';
import {
  type AttemptFunction,
  type ExecuteOptions,
  FunctionCall,
} from './clients/function/function-call.ts';
import type { CircuitState } from './observe/observer.ts';
import type { QuotaState } from './observe/quota.ts';
import type { ResilienceOptions } from './options/options.ts';
import { settingsOf } from './options/settings.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { registerPipeline } from './pipeline/pipeline-of.ts';
import { runCall } from './pipeline/run-call.ts';

/** What a wrapper is doing now: plain data, for a health endpoint. */
export interface ResilienceSnapshot {
  /** Calls that have begun and not ended. */
  readonly inFlight: number;
  /** The retry budget of the last minute. */
  readonly budget: { readonly calls: number; readonly retries: number; readonly allowed: number };
  readonly circuits: readonly {
    /** Host and operation. */
    readonly circuit: string;
    readonly state: CircuitState;
    /** Attempts in the window that count for the circuit. */
    readonly attempts: number;
    readonly failures: number;
    /** Milliseconds until a probe may be sent; 0 unless the circuit is open. */
    readonly openForMs: number;
  }[];
  /** The quota groups that are paused, or whose queue is not empty yet. */
  readonly throttles: readonly {
    readonly group: string;
    readonly pausedForMs: number;
    readonly waiting: number;
  }[];
  /** How full the quotas are, of the groups that were used; empty without the `quota` option. */
  readonly quotas: readonly QuotaState[];
}

/** One wrapper: its circuits, retry budget, throttle gate and observers. Make one and keep it. */
export interface Resilience {
  /** The built-in fetch, wrapped. The same function each time. */
  readonly fetch: Fetch;
  /**
   * A fetch that makes its HTTP calls resilient: same arguments, same results, same errors as
   * `fetch`, whose name it bears. HTTP errors come back as the `Response` that they are, unread.
   */
  wrapFetch(fetch: Fetch): Fetch;
  /**
   * The same function, made resilient: same parameters, same result, same errors.
   *
   * @param operation - a name of the operations table (`incidents.get`), or your own; a fixed text,
   * never one with IDs in it
   */
  wrap<Self, Args extends readonly unknown[], Result>(
    operation: string,
    fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result,
  ): (this: Self, ...args: Args) => Promise<Result>;
  /**
   * Runs `fn`, again where that helps. Rejects with what `fn` itself rejected with last, unchanged;
   * `failureOf(error)` tells what it was.
   *
   * @throws CircuitOpenError, ThrottledError when the wrapper refused to send it at all
   * @throws AttemptTimeoutError, DeadlineExceededError when the time was up
   */
  execute<T>(operation: string, fn: AttemptFunction<T>, options?: ExecuteOptions): Promise<T>;
  /** What it is doing now. */
  snapshot(): ResilienceSnapshot;
}

/**
 * Makes a wrapper for calls to the Defender APIs.
 *
 * @throws TypeError that names every fault of the options at once
 */
export function createResilience(options?: ResilienceOptions): Resilience {
  const pipeline = new Pipeline(settingsOf(options));
  let builtIn: Fetch | undefined;
  const resilience: Resilience = {
    get fetch() {
      // The global is looked up at each call, as a program that calls `fetch` does.
      builtIn ??= wrapFetch(pipeline, lookUpFetch());
      return builtIn;
    },
    wrapFetch(fetch) {
      if (typeof fetch !== 'function') {
        throw new TypeError(`wrapFetch takes a function like fetch, got ${typeof fetch}`);
      }
      return wrapFetch(pipeline, fetch);
    },
    wrap<Self, Args extends readonly unknown[], Result>(
      operation: string,
      fn: (this: Self, ...args: Args) => PromiseLike<Result> | Result,
    ) {
      checkCall('wrap', operation, fn);
      const wrapped = function (this: Self, ...args: Args): Promise<Result> {
        const attempt = (): PromiseLike<Result> | Result => Reflect.apply(fn, this, args);
        return runCall(pipeline, new FunctionCall(pipeline, operation, attempt));
      };
      Object.defineProperty(wrapped, 'name', { value: fn.name, configurable: true });
      Object.defineProperty(wrapped, 'length', { value: fn.length, configurable: true });
      return wrapped;
    },
    execute<T>(operation: string, fn: AttemptFunction<T>, given?: ExecuteOptions) {
      checkCall('execute', operation, fn);
      return runCall(pipeline, new FunctionCall(pipeline, operation, fn, given));
    },
    snapshot() {
      const now = pipeline.clock.now();
      return {
        inFlight: pipeline.inFlight,
        budget: pipeline.budget.snapshot(now),
        circuits: pipeline.circuits?.snapshot(now) ?? [],
        throttles: pipeline.gate.snapshot(),
        quotas: pipeline.gate.quotas(),
      };
    },
  };
  registerPipeline(resilience, pipeline);
  return resilience;
}

function lookUpFetch(): Fetch {
  const fetch: Fetch = (...args) => globalThis.fetch(...args);
  Object.defineProperty(fetch, 'length', { value: 1, configurable: true });
  return fetch;
}

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
