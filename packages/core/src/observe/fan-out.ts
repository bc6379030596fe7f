import { isObject, isThenable } from '../is.ts';
import { emitWarning } from '../runtime.ts';
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
import { nameOf, type ReportObserverError } from './warn-once.ts';

/**
 * Forwards each event to all observers. What one of them throws, or rejects with, reaches neither the
 * call nor the other observers.
 */
export class ObserverFanOut {
  readonly #observers: readonly Observer[];
  readonly #callObservers: readonly Observer[];
  readonly #report: ReportObserverError;

  constructor(observers: readonly Observer[], report: ReportObserverError) {
    this.#observers = observers;
    this.#callObservers = observers.filter(observesCalls);
    this.#report = report;
  }

  /** False if no observer has a hook for calls, so that a call costs as little as without observers. */
  get watchesCalls(): boolean {
    return this.#callObservers.length > 0;
  }

  call(start: CallStart): CallFanOut | undefined {
    const observers = collect(this.#callObservers, CALL, start, 'call', this.#report);
    return observers && new CallFanOut(observers, this.#report);
  }

  circuit(change: CircuitChange): void {
    notify(this.#observers, CIRCUIT, change, 'circuit', this.#report);
  }

  quota(change: QuotaChange): void {
    notify(this.#observers, QUOTA, change, 'quota', this.#report);
  }

  quotas(read: ReadQuotas): void {
    notify(this.#observers, QUOTAS, read, 'quotas', this.#report);
  }

  /** Resolves when every observer has sent what it keeps. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all(this.#observers.map((observer) => this.#flush(observer)));
  }

  async #flush(observer: Observer): Promise<void> {
    try {
      await observer.flush?.();
    } catch (error) {
      reportSafely(this.#report, error, 'flush');
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
    const observers = collect(this.#observers, ATTEMPT, start, 'attempt', this.#report);
    return observers && new AttemptFanOut(observers, this.#report);
  }

  retry(retry: RetryScheduled): void {
    notify(this.#observers, RETRY, retry, 'retry', this.#report);
  }

  throttled(wait: ThrottleWait): void {
    notify(this.#observers, THROTTLED, wait, 'throttled', this.#report);
  }

  end(end: CallEnd): void {
    notify(this.#observers, CALL_END, end, 'call.end', this.#report);
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

  /** Whether an observer runs attempts inside a context of its own. */
  get surrounds(): boolean {
    return this.#observers.some(HAS_RUN);
  }

  /** Runs `send` inside the contexts of all observers, the first observer's outermost. */
  run<T>(send: () => T): T {
    let next = send;
    for (const observer of this.#observers.toReversed()) {
      if (!HAS_RUN(observer)) continue;
      const inner = next;
      next = () => this.#runInside(observer, inner);
    }
    return next();
  }

  get wantsHeaders(): boolean {
    return this.#observers.some((observer) => typeof observer.headers === 'function');
  }

  headers(headers: Headers): void {
    notify(this.#observers, HEADERS, headers, 'headers', this.#report);
  }

  end(end: AttemptEnd): void {
    notify(this.#observers, ATTEMPT_END, end, 'attempt.end', this.#report);
  }

  // An observer may throw before or after it ran the attempt, run it twice, or not at all. The
  // attempt is sent exactly once in any case.
  #runInside<T>(observer: AttemptObserver, send: () => T): T {
    let sent: { readonly result: T } | undefined;
    const once = (): T => {
      sent ??= { result: send() };
      return sent.result;
    };
    try {
      // The result is ignored: it is the attempt's own promise, or something wrong.
      observer.run?.(once);
    } catch (error) {
      reportSafely(this.#report, error, 'run');
    }
    return once();
  }
}

const HAS_RUN = ({ run }: AttemptObserver): boolean => typeof run === 'function';

// One function per hook instead of a closure per call: closures make up a third of the cost of
// observing a call.
type Hook<O, A, R> = (observer: O, argument: A) => R;

const CALL: Hook<Observer, CallStart, CallObserver | undefined> = (o, it) => o.call?.(it);
const CIRCUIT: Hook<Observer, CircuitChange, void> = (o, it) => o.circuit?.(it);
const QUOTA: Hook<Observer, QuotaChange, void> = (o, it) => o.quota?.(it);
const QUOTAS: Hook<Observer, ReadQuotas, void> = (o, it) => o.quotas?.(it);
const ATTEMPT: Hook<CallObserver, AttemptStart, AttemptObserver | undefined> = (o, it) =>
  o.attempt?.(it);
const THROTTLED: Hook<CallObserver, ThrottleWait, void> = (o, it) => o.throttled?.(it);
const RETRY: Hook<CallObserver, RetryScheduled, void> = (o, it) => o.retry?.(it);
const CALL_END: Hook<CallObserver, CallEnd, void> = (o, it) => o.end?.(it);
const HEADERS: Hook<AttemptObserver, Headers, void> = (o, it) => o.headers?.(it);
const ATTEMPT_END: Hook<AttemptObserver, AttemptEnd, void> = (o, it) => o.end?.(it);

/** Calls one hook of each observer. */
function notify<O, A>(
  observers: readonly O[],
  hook: Hook<O, A, unknown>,
  argument: A,
  name: string,
  report: ReportObserverError,
): void {
  for (const observer of observers) {
    try {
      reportRejection(hook(observer, argument), name, report);
    } catch (error) {
      reportSafely(report, error, name);
    }
  }
}

/** Calls one hook of each observer and collects the observers that it returns; undefined for none. */
function collect<O, A, R extends object>(
  observers: readonly O[],
  hook: Hook<O, A, R | undefined>,
  argument: A,
  name: string,
  report: ReportObserverError,
): readonly R[] | undefined {
  let collected: R[] | undefined;
  for (const observer of observers) {
    try {
      const inner = hook(observer, argument);
      if (!isObject(inner)) continue;
      reportRejection(inner, name, report);
      collected ??= [];
      collected.push(inner);
    } catch (error) {
      reportSafely(report, error, name);
    }
  }
  return collected;
}

// An async hook that rejects would end the process as an unhandled rejection.
function reportRejection(result: unknown, name: string, report: ReportObserverError): void {
  if (isThenable(result)) {
    result.then(undefined, (error: unknown) => reportSafely(report, error, name));
  }
}

function observesCalls(observer: Observer): boolean {
  try {
    return observer.call !== undefined;
  } catch {
    // A getter that throws: the error is reported when the hook is called.
    return true;
  }
}

function reportSafely(report: ReportObserverError, error: unknown, hook: string): void {
  try {
    report(error, hook);
  } catch (second) {
    emitWarning(`onObserverError threw in hook ${hook}: ${nameOf(second)}`);
  }
}
