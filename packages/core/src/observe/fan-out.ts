import { isObject, isThenable } from '../is.ts';
import { warn } from '../warn.ts';
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
  readonly #callers: readonly Observer[];
  readonly #report: ReportObserverError;

  constructor(observers: readonly Observer[], report: ReportObserverError) {
    this.#observers = observers;
    this.#callers = observers.filter((observer) => mayHave(observer, 'call'));
    this.#report = report;
  }

  /** False when no observer has the hook for calls: a call is then as cheap as without observers. */
  get watchesCalls(): boolean {
    return this.#callers.length > 0;
  }

  call(start: CallStart): CallFanOut | undefined {
    const watching = gather(this.#callers, CALL, start, 'call', this.#report);
    return watching && new CallFanOut(watching, this.#report);
  }

  circuit(change: CircuitChange): void {
    tell(this.#observers, CIRCUIT, change, 'circuit', this.#report);
  }

  quota(change: QuotaChange): void {
    tell(this.#observers, QUOTA, change, 'quota', this.#report);
  }

  quotas(read: ReadQuotas): void {
    tell(this.#observers, QUOTAS, read, 'quotas', this.#report);
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
    const watching = gather(this.#observers, ATTEMPT, start, 'attempt', this.#report);
    return watching && new AttemptFanOut(watching, this.#report);
  }

  retry(retry: RetryScheduled): void {
    tell(this.#observers, RETRY, retry, 'retry', this.#report);
  }

  throttled(wait: ThrottleWait): void {
    tell(this.#observers, THROTTLED, wait, 'throttled', this.#report);
  }

  end(end: CallEnd): void {
    tell(this.#observers, CALL_END, end, 'call.end', this.#report);
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

  /** Whether an observer has a context to send in. */
  get surrounds(): boolean {
    return this.#observers.some(HAS_RUN);
  }

  /** Runs `send` inside the contexts of all observers, the first one outermost. */
  run<T>(send: () => T): T {
    let next = send;
    for (let index = this.#observers.length - 1; index >= 0; index -= 1) {
      const observer = this.#observers[index];
      if (typeof observer?.run !== 'function') continue;
      const inner = next;
      next = () => this.#runInside(observer, inner);
    }
    return next();
  }

  get wantsHeaders(): boolean {
    return this.#observers.some((observer) => typeof observer.headers === 'function');
  }

  headers(headers: Headers): void {
    tell(this.#observers, HEADERS, headers, 'headers', this.#report);
  }

  end(end: AttemptEnd): void {
    tell(this.#observers, ATTEMPT_END, end, 'attempt.end', this.#report);
  }

  // An observer may throw before or after it ran the attempt, run it twice, or not at all. The
  // attempt is sent exactly once whatever it does.
  #runInside<T>(observer: AttemptObserver, send: () => T): T {
    let sent: { readonly result: T } | undefined;
    const once = (): T => {
      sent ??= { result: send() };
      return sent.result;
    };
    // The attempt's own promise, which `run` hands back, is handled by the call.
    try {
      observer.run?.(once);
    } catch (error) {
      safely(this.#report, error, 'run');
    }
    return once();
  }
}

const HAS_RUN = ({ run }: AttemptObserver): boolean => typeof run === 'function';

// One function for each hook, made once. A closure for each hook of each call in its place takes a
// third of what watching a call costs, some 100 ns.
type Hook<O, A, R> = (observer: O, argument: A) => R;

const CALL: Hook<Observer, CallStart, CallObserver | undefined> = (observer, start) =>
  observer.call?.(start);
const CIRCUIT: Hook<Observer, CircuitChange, void> = (observer, it) => observer.circuit?.(it);
const QUOTA: Hook<Observer, QuotaChange, void> = (observer, change) => observer.quota?.(change);
const QUOTAS: Hook<Observer, ReadQuotas, void> = (observer, read) => observer.quotas?.(read);
const ATTEMPT: Hook<CallObserver, AttemptStart, AttemptObserver | undefined> = (observer, start) =>
  observer.attempt?.(start);
const THROTTLED: Hook<CallObserver, ThrottleWait, void> = (observer, wait) =>
  observer.throttled?.(wait);
const RETRY: Hook<CallObserver, RetryScheduled, void> = (observer, it) => observer.retry?.(it);
const CALL_END: Hook<CallObserver, CallEnd, void> = (observer, end) => observer.end?.(end);
const HEADERS: Hook<AttemptObserver, Headers, void> = (observer, it) => observer.headers?.(it);
const ATTEMPT_END: Hook<AttemptObserver, AttemptEnd, void> = (observer, it) => observer.end?.(it);
/** Calls one hook of each observer. */
function tell<O, A>(
  observers: readonly O[],
  hook: Hook<O, A, unknown>,
  argument: A,
  name: string,
  report: ReportObserverError,
): void {
  for (const observer of observers) {
    try {
      watchLate(hook(observer, argument), name, report);
    } catch (error) {
      safely(report, error, name);
    }
  }
}

/** Calls one hook of each observer, and gathers those who want to know more; undefined for none. */
function gather<O, A, R extends object>(
  observers: readonly O[],
  hook: Hook<O, A, R | undefined>,
  argument: A,
  name: string,
  report: ReportObserverError,
): readonly R[] | undefined {
  let watching: R[] | undefined;
  for (const observer of observers) {
    try {
      const watcher = hook(observer, argument);
      if (!isObject(watcher)) continue;
      watchLate(watcher, name, report);
      watching ??= [];
      watching.push(watcher);
    } catch (error) {
      safely(report, error, name);
    }
  }
  return watching;
}

// An async hook that rejects would otherwise end the process as an unhandled rejection.
function watchLate(result: unknown, name: string, report: ReportObserverError): void {
  if (isThenable(result)) {
    result.then(undefined, (error: unknown) => safely(report, error, name));
  }
}

/** Whether an observer has a hook, as far as that can be told: a getter may throw. */
function mayHave(observer: Observer, hook: keyof Observer): boolean {
  try {
    return observer[hook] !== undefined;
  } catch {
    return true;
  }
}

function safely(report: ReportObserverError, error: unknown, hook: string): void {
  try {
    report(error, hook);
  } catch (second) {
    // The caller's own onObserverError threw: there is no one left to tell but the process.
    warn(`onObserverError threw in hook ${hook}: ${nameOf(second)}`);
  }
}

/** Reports each failing hook once for each name of error, as a process warning. */
export function warnOnce(): ReportObserverError {
  const seen = new Set<string>();
  return (error, hook) => {
    const key = `${hook}: ${nameOf(error)}`;
    if (seen.has(key) || seen.size >= 100) return;
    seen.add(key);
    warn(
      `An observer failed in its hook ${key}. The call went on; pass onObserverError to see every such error.`,
      'DEFENDER_RESILIENCE_OBSERVER',
    );
  };
}

// The name alone: an error's message may hold what must not be logged.
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
