/** One failed attempt, or a call that was refused. */
export interface RecentError {
  /** ISO 8601, in UTC. */
  readonly time: string;
  readonly operation: string;
  /** As the label `code` of the metrics. */
  readonly code: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** The ID to give to Microsoft. */
  readonly trackingId?: string;
  readonly traceId?: string;
  /** Counts from 1; 0 for a call that was refused before its first attempt. */
  readonly attempt: number;
  /** True when the call ended with this error, false when it was tried again. */
  readonly final: boolean;
}

/** Which errors to list. */
export interface RecentErrorsQuery {
  /** Only those with this code. */
  readonly code?: string;
  /** Only those of this time or later: a date, or milliseconds since 1970. */
  readonly since?: Date | number;
}

/** The last errors with their tracking IDs, kept in memory. */
export interface RecentErrors {
  /** The newest first. */
  list(query?: RecentErrorsQuery): readonly RecentError[];
  /** How many errors have been forgotten to make room. */
  readonly dropped: number;
}

/** How many errors of each code are kept whatever else happens. */
export const KEPT_PER_CODE = 5;

interface Entry {
  readonly epoch: number;
  readonly order: number;
  readonly error: RecentError;
}

/**
 * Keeps the last `capacity` errors, and beside them the last five of each code, so that a flood of
 * one code does not push out the one rare error that matters.
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

/** The last few of many. */
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
