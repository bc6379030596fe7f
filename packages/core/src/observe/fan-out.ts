import type {
  AttemptEnd,
  AttemptObserver,
  AttemptStart,
  CallEnd,
  CallObserver,
  CallStart,
  CircuitChange,
  Observer,
  RetryScheduled,
  ThrottleWait,
} from './observer.ts';
import type { QuotaChange, ReadQuotas } from './quota.ts';

/** Told what an observer threw, and in which hook. */
export type ReportObserverError = (error: unknown, hook: string) => void;

/**
 * All observers as one, each hook isolated: what one throws, or rejects with, reaches neither the call
 * nor the other observers.
 */
export class ObserverFanOut {
  readonly #observers: readonly Observer[];
  readonly #report: ReportObserverError;

  constructor(observers: readonly Observer[], report: ReportObserverError) {
    this.#observers = observers;
    this.#report = report;
  }

  call(start: CallStart): CallFanOut | undefined {
    const watching: CallObserver[] = [];
    for (const observer of this.#observers) {
      const call = guarded(this.#report, 'call', () => observer.call?.(start));
      if (isObject(call)) watching.push(call);
    }
    return watching.length === 0 ? undefined : new CallFanOut(watching, this.#report);
  }

  circuit(change: CircuitChange): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'circuit', () => observer.circuit?.(change));
    }
  }

  quota(change: QuotaChange): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'quota', () => observer.quota?.(change));
    }
  }

  quotas(read: ReadQuotas): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'quotas', () => observer.quotas?.(read));
    }
  }
}

/** The observers of one call. */
export class CallFanOut {
  readonly #observers: readonly CallObserver[];
  readonly #report: ReportObserverError;

  constructor(observers: readonly CallObserver[], report: ReportObserverError) {
    this.#observers = observers;
    this.#report = report;
  }

  attempt(start: AttemptStart): AttemptFanOut | undefined {
    const watching: AttemptObserver[] = [];
    for (const observer of this.#observers) {
      const attempt = guarded(this.#report, 'attempt', () => observer.attempt?.(start));
      if (isObject(attempt)) watching.push(attempt);
    }
    return watching.length === 0 ? undefined : new AttemptFanOut(watching, this.#report);
  }

  retry(retry: RetryScheduled): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'retry', () => observer.retry?.(retry));
    }
  }

  throttled(wait: ThrottleWait): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'throttled', () => observer.throttled?.(wait));
    }
  }

  end(end: CallEnd): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'call.end', () => observer.end?.(end));
    }
  }
}

/** The observers of one attempt. */
export class AttemptFanOut {
  readonly #observers: readonly AttemptObserver[];
  readonly #report: ReportObserverError;

  constructor(observers: readonly AttemptObserver[], report: ReportObserverError) {
    this.#observers = observers;
    this.#report = report;
  }

  /** Runs `send` inside the contexts of all observers, the first one outermost. */
  run<T>(send: () => T): T {
    let next = send;
    for (const observer of [...this.#observers].reverse()) {
      if (typeof observer.run !== 'function') continue;
      const inner = next;
      next = () => this.#runInside(observer, inner);
    }
    return next();
  }

  get wantsHeaders(): boolean {
    return this.#observers.some((observer) => typeof observer.headers === 'function');
  }

  headers(headers: Headers): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'headers', () => observer.headers?.(headers));
    }
  }

  end(end: AttemptEnd): void {
    for (const observer of this.#observers) {
      guarded(this.#report, 'attempt.end', () => observer.end?.(end));
    }
  }

  // An observer may throw before or after it ran the attempt, run it twice, or not at all. The
  // attempt is sent exactly once whatever it does.
  #runInside<T>(observer: AttemptObserver, send: () => T): T {
    let sent: { readonly result: T } | undefined;
    const once = (): T => {
      sent ??= { result: send() };
      return sent.result;
    };
    guarded(this.#report, 'run', () => observer.run?.(once));
    return once();
  }
}

function guarded<T>(report: ReportObserverError, hook: string, run: () => T): T | undefined {
  try {
    const result = run();
    // An async hook that rejects would otherwise end the process as an unhandled rejection. The
    // attempt's own promise, which `run` hands back, is handled by the call.
    if (hook !== 'run' && isThenable(result)) {
      result.then(undefined, (error: unknown) => safely(report, error, hook));
    }
    return result;
  } catch (error) {
    safely(report, error, hook);
    return undefined;
  }
}

function safely(report: ReportObserverError, error: unknown, hook: string): void {
  try {
    report(error, hook);
  } catch (second) {
    // The caller's own onObserverError threw: there is no one left to tell but the process.
    process.emitWarning(`onObserverError threw in hook ${hook}: ${nameOf(second)}`);
  }
}

/** Reports each failing hook once for each name of error, as a process warning. */
export function warnOnce(): ReportObserverError {
  const seen = new Set<string>();
  return (error, hook) => {
    const key = `${hook}: ${nameOf(error)}`;
    if (seen.has(key) || seen.size >= 100) return;
    seen.add(key);
    process.emitWarning(
      `An observer failed in its hook ${key}. The call went on; pass onObserverError to see every such error.`,
      { code: 'DEFENDER_RESILIENCE_OBSERVER' },
    );
  };
}

// The name alone: an error's message may hold what must not be logged.
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && 'then' in value && typeof value.then === 'function';
}
