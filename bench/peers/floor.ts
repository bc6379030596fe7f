/** What the floor hands to the function. */
export interface FloorContext {
  readonly signal: AbortSignal;
  readonly attempt: number;
}

/** A call in the list of timeouts. */
interface Listed {
  readonly expiresAt: number;
  before: Listed | undefined;
  after: Listed | undefined;
  cut(reason: unknown): void;
}

const TIMEOUT_MS = 60_000;
const MAX_RETRIES = 3;

/**
 * What a hand-written wrapper costs that does for a success what ours must do: a retry loop, a breaker
 * that counts, one list of timeouts, a signal made when it is read, one listener on the caller's. No
 * names, no hosts, no observers, no options, no pauses: the floor below which nothing of the kind goes.
 */
export class Floor {
  first: Listed | undefined = undefined;
  last: Listed | undefined = undefined;
  timer: NodeJS.Timeout | undefined = undefined;
  failures = 0;
  successes = 0;
  openUntil = 0;

  execute<T>(fn: (context: FloorContext) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const now = performance.now();
    if (now < this.openUntil) return Promise.reject(new Error('open'));
    const call = new FloorCall(this, fn, signal);
    const promise = new Promise<T>((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
    });
    call.send(now);
    return promise;
  }

  fire(): void {
    this.timer = undefined;
    const now = performance.now();
    while (this.first !== undefined && this.first.expiresAt <= now) {
      this.first.cut(new Error('timeout'));
    }
    if (this.first !== undefined) this.arm(this.first.expiresAt - now);
  }

  arm(ms: number): void {
    this.timer = setTimeout(() => this.fire(), ms).unref();
  }
}

class FloorCall<T> implements FloorContext, Listed {
  readonly floor: Floor;
  readonly fn: (context: FloorContext) => Promise<T>;
  readonly callerSignal: AbortSignal | undefined;
  attempt = 1;
  expiresAt = 0;
  before: Listed | undefined = undefined;
  after: Listed | undefined = undefined;
  controller: AbortController | undefined = undefined;
  onAbort: (() => void) | undefined = undefined;
  resolve: ((value: T) => void) | undefined = undefined;
  reject: ((error: unknown) => void) | undefined = undefined;

  constructor(
    floor: Floor,
    fn: (context: FloorContext) => Promise<T>,
    signal: AbortSignal | undefined,
  ) {
    this.floor = floor;
    this.fn = fn;
    this.callerSignal = signal;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  send(now: number): void {
    const { floor, callerSignal } = this;
    this.expiresAt = now + TIMEOUT_MS;
    this.before = floor.last;
    this.after = undefined;
    if (floor.last === undefined) floor.first = this;
    else floor.last.after = this;
    floor.last = this;
    if (floor.timer === undefined) floor.arm(TIMEOUT_MS);
    if (callerSignal !== undefined) {
      this.onAbort = () => this.cut(callerSignal.reason);
      callerSignal.addEventListener('abort', this.onAbort, { once: true });
    }
    this.fn(this).then(
      (value) => {
        this.release();
        floor.successes += 1;
        this.resolve?.(value);
      },
      (error: unknown) => this.failed(error),
    );
  }

  failed(error: unknown): void {
    const { floor } = this;
    this.release();
    floor.failures += 1;
    if (floor.failures > 10 && floor.failures > 4 * floor.successes) {
      floor.openUntil = performance.now() + 15_000;
    }
    if (this.attempt > MAX_RETRIES || this.callerSignal?.aborted) this.reject?.(error);
    else setTimeout(() => this.again(), 1_000 * 2 ** this.attempt);
  }

  again(): void {
    this.attempt += 1;
    this.controller = undefined;
    this.send(performance.now());
  }

  cut(reason: unknown): void {
    this.release();
    this.controller?.abort(reason);
    this.reject?.(reason);
  }

  release(): void {
    const { floor, before, after, onAbort } = this;
    if (before === undefined) floor.first = after;
    else before.after = after;
    if (after === undefined) floor.last = before;
    else after.before = before;
    if (onAbort !== undefined) this.callerSignal?.removeEventListener('abort', onAbort);
  }
}
