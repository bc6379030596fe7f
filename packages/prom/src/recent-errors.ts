/** One failed attempt, or a call that was rejected without an attempt. */
export interface RecentError {
  /** The time of the error in ISO 8601, in UTC. */
  readonly time: string;
  /** The value of the label `operation` in the metrics. */
  readonly operation: string;
  /** The value of the label `code` in the metrics. */
  readonly code: string;
  /** The HTTP status; absent if there was no response. */
  readonly status?: number;
  /** The ID that Microsoft's support asks for; absent if the response had none. */
  readonly trackingId?: string;
  /** The trace of the attempt; absent if there was none. */
  readonly traceId?: string;
  /** The number of the attempt, from 1; 0 for a call that was rejected before its first attempt. */
  readonly attempt: number;
  /** Whether the call ended with this error; false if it was retried. */
  readonly final: boolean;
}

/** Which errors to list. */
export interface RecentErrorsQuery {
  /** Lists only errors with this code. */
  readonly code?: string;
  /** Lists only errors at or after this time: a date, or milliseconds since 1970. */
  readonly since?: Date | number;
}

/** The last errors with their tracking IDs, in memory. */
export interface RecentErrors {
  /** Lists errors, the newest first. */
  list(query?: RecentErrorsQuery): readonly RecentError[];
  /** How many errors were dropped to make room for newer ones. */
  readonly dropped: number;
}

/** How many errors of each code are kept in addition to the last errors. */
export const KEPT_PER_CODE = 5;

interface Entry {
  readonly epoch: number;
  readonly order: number;
  readonly error: RecentError;
}

/**
 * Keeps the last `capacity` errors, plus the last five of each code, so that many errors of
 * one code do not push out a rare one.
 */
export class RecentErrorsRing implements RecentErrors {
  readonly #capacity: number;
  readonly #all: Ring;
  readonly #byCode = new Map<string, Ring>();
  #recorded = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#all = new Ring(capacity);
  }

  get dropped(): number {
    return this.#recorded - this.#entries().size;
  }

  /** @param epoch - milliseconds since 1970 */
  record(epoch: number, error: Omit<RecentError, 'time'>): void {
    this.#recorded += 1;
    if (this.#capacity === 0) return;
    const time = new Date(epoch).toISOString();
    const entry = { epoch, order: this.#recorded, error: { time, ...error } };
    this.#all.add(entry);
    let ring = this.#byCode.get(error.code);
    if (ring === undefined) {
      ring = new Ring(Math.min(KEPT_PER_CODE, this.#capacity));
      this.#byCode.set(error.code, ring);
    }
    ring.add(entry);
  }

  list({ code, since }: RecentErrorsQuery = {}): readonly RecentError[] {
    const from = since === undefined ? Number.NEGATIVE_INFINITY : Number(since);
    return [...this.#entries()]
      .filter(({ epoch, error }) => epoch >= from && (code === undefined || error.code === code))
      .sort((a, b) => b.order - a.order)
      .map(({ error }) => error);
  }

  #entries(): Set<Entry> {
    return new Set([this.#all, ...this.#byCode.values()].flatMap((ring) => ring.entries));
  }
}

/** A ring buffer of the last few entries. */
class Ring {
  readonly entries: Entry[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(entry: Entry): void {
    this.entries[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#size;
  }
}
