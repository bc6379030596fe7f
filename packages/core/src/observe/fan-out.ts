import { isObject, isThenable } from '../is.ts';
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
import type { ReportObserverError } from './report.ts';

/** One hook of an observer, so that each event is forwarded without a closure of its own. */
interface Hook<O, A, R = unknown> {
  /** The name in reports. */
  readonly name: string;
  readonly call: (observer: O, argument: A) => R;
}

const CALL: Hook<Observer, CallStart, CallObserver | undefined> = {
  name: 'call',
  call: (o, it) => o.call?.(it),
};
const CIRCUIT: Hook<Observer, CircuitChange> = {
  name: 'circuit',
  call: (o, it) => o.circuit?.(it),
};
const QUOTA: Hook<Observer, QuotaChange> = { name: 'quota', call: (o, it) => o.quota?.(it) };
const QUOTAS: Hook<Observer, ReadQuotas> = { name: 'quotas', call: (o, it) => o.quotas?.(it) };
const ATTEMPT: Hook<CallObserver, AttemptStart, AttemptObserver | undefined> = {
  name: 'attempt',
  call: (o, it) => o.attempt?.(it),
};
const THROTTLED: Hook<CallObserver, ThrottleWait> = {
  name: 'throttled',
  call: (o, it) => o.throttled?.(it),
};
const RETRY: Hook<CallObserver, RetryScheduled> = { name: 'retry', call: (o, it) => o.retry?.(it) };
const CALL_END: Hook<CallObserver, CallEnd> = { name: 'call.end', call: (o, it) => o.end?.(it) };
const HEADERS: Hook<AttemptObserver, Headers> = {
  name: 'headers',
  call: (o, it) => o.headers?.(it),
};
const ATTEMPT_END: Hook<AttemptObserver, AttemptEnd> = {
  name: 'attempt.end',
  call: (o, it) => o.end?.(it),
};

/** Forwards events to observers of one kind. */
class FanOut<O> {
  protected readonly observers: readonly O[];
  /** Never throws. */
  protected readonly report: ReportObserverError;

  constructor(observers: readonly O[], report: ReportObserverError) {
    this.observers = observers;
    this.report = report;
  }

  /** Calls one hook of each observer. */
  protected notify<A>(hook: Hook<O, A>, argument: A): void {
    for (const observer of this.observers) {
      try {
        this.#reportRejection(hook.call(observer, argument), hook.name);
      } catch (error) {
        this.report(error, hook.name);
      }
    }
  }

  /** Calls one hook of each observer and collects the observers that it returns; undefined for none. */
  protected collect<A, R extends object>(
    hook: Hook<O, A, R | undefined>,
    argument: A,
  ): readonly R[] | undefined {
    let collected: R[] | undefined;
    for (const observer of this.observers) {
      try {
        const inner = hook.call(observer, argument);
        if (!isObject(inner)) continue;
        this.#reportRejection(inner, hook.name);
        collected ??= [];
        collected.push(inner);
      } catch (error) {
        this.report(error, hook.name);
      }
    }
    return collected;
  }

  // An async hook that rejects would end the process as an unhandled rejection.
  #reportRejection(result: unknown, name: string): void {
    if (isThenable(result)) result.then(undefined, (error: unknown) => this.report(error, name));
  }
}

/**
 * Forwards each event to all observers. If one of them throws or rejects, neither the call nor the other
 * observers notice.
 */
export class ObserverFanOut extends FanOut<Observer> {
  /** False if no observer has a hook for calls, so that a call costs as little as without observers. */
  readonly watchesCalls: boolean = this.observers.some(observesCalls);

  call(start: CallStart): CallFanOut | undefined {
    const observers = this.collect(CALL, start);
    return observers && new CallFanOut(observers, this.report);
  }

  circuit(change: CircuitChange): void {
    this.notify(CIRCUIT, change);
  }

  quota(change: QuotaChange): void {
    this.notify(QUOTA, change);
  }

  quotas(read: ReadQuotas): void {
    this.notify(QUOTAS, read);
  }

  /** Resolves when every observer has flushed its data. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all(this.observers.map((observer) => this.#flush(observer)));
  }

  async #flush(observer: Observer): Promise<void> {
    try {
      await observer.flush?.();
    } catch (error) {
      this.report(error, 'flush');
    }
  }
}

/** The observers of one call. */
export class CallFanOut extends FanOut<CallObserver> {
  attempt(start: AttemptStart): AttemptFanOut | undefined {
    const observers = this.collect(ATTEMPT, start);
    return observers && new AttemptFanOut(observers, this.report);
  }

  retry(retry: RetryScheduled): void {
    this.notify(RETRY, retry);
  }

  throttled(wait: ThrottleWait): void {
    this.notify(THROTTLED, wait);
  }

  end(end: CallEnd): void {
    this.notify(CALL_END, end);
  }
}

/** The observers of one attempt. */
export class AttemptFanOut extends FanOut<AttemptObserver> {
  /** Whether an observer runs attempts inside its own context. */
  get surrounds(): boolean {
    return this.observers.some(hasRun);
  }

  /** Runs `send` inside the contexts of all observers, the first observer's outermost. */
  run<T>(send: () => T): T {
    let next = send;
    for (const observer of this.observers.toReversed()) {
      if (!hasRun(observer)) continue;
      const inner = next;
      next = () => this.#runInside(observer, inner);
    }
    return next();
  }

  get wantsHeaders(): boolean {
    return this.observers.some((observer) => typeof observer.headers === 'function');
  }

  headers(headers: Headers): void {
    this.notify(HEADERS, headers);
  }

  end(end: AttemptEnd): void {
    this.notify(ATTEMPT_END, end);
  }

  // Sends the attempt exactly once, even if the observer throws before or after running it, runs it twice, or
  // not at all.
  #runInside<T>(observer: AttemptObserver, send: () => T): T {
    let sent: { readonly result: T } | undefined;
    const once = (): T => {
      sent ??= { result: send() };
      return sent.result;
    };
    try {
      // The result is ignored: it is either the attempt's own promise or wrong.
      observer.run?.(once);
    } catch (error) {
      this.report(error, 'run');
    }
    return once();
  }
}

function hasRun({ run }: AttemptObserver): boolean {
  return typeof run === 'function';
}

function observesCalls(observer: Observer): boolean {
  try {
    return observer.call !== undefined;
  } catch {
    // The getter threw: the error is reported when the hook is called.
    return true;
  }
}
