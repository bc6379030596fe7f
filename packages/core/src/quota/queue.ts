/** A call that waits for its turn. */
export interface Waiting {
  readonly priority: number;
  /** Calls of the same priority take turns by operation. */
  readonly operation: string;
  /** It was sent before and refused: it goes before the calls that came after it. */
  readonly again: boolean;
}

/** The calls of one operation and priority, first in, first out. */
interface Lane<W> {
  readonly again: Set<W>;
  readonly fresh: Set<W>;
}

/** The lanes of one priority, in the order in which they take turns. */
type Level<W> = Map<string, Lane<W>>;

/**
 * The calls of one group that wait: the highest priority first, the operations of one priority in
 * turn, the calls of one operation in the order in which they came. Bounded: where it is full, a call
 * of a higher priority takes the place of the one that would be sent last.
 */
export class WaitingCalls<W extends Waiting> {
  readonly #max: number;
  readonly #levels = new Map<number, Level<W>>();
  /** Highest first. */
  #priorities: readonly number[] = [];
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  /** The priority of the call whose turn it is; undefined when none waits. */
  get priority(): number | undefined {
    return this.#priorities[0];
  }

  /** Adds a call; gives the one that does not fit: the call itself, one that it displaced, or none. */
  add(call: W): W | undefined {
    if (this.#size < this.#max) {
      this.#insert(call);
      return undefined;
    }
    const lowest = this.#priorities.at(-1);
    if (lowest === undefined || lowest >= call.priority) return call;
    const displaced = this.#last(lowest);
    if (displaced === undefined) return call;
    this.remove(displaced);
    this.#insert(call);
    return displaced;
  }

  /** Takes out the call whose turn it is. */
  next(): W | undefined {
    const [priority] = this.#priorities;
    const level = priority === undefined ? undefined : this.#levels.get(priority);
    if (level === undefined) return undefined;
    for (const [operation, lane] of level) {
      const call = first(lane.again) ?? first(lane.fresh);
      if (call === undefined) continue;
      // To the end of the turn, unless it is over with this call.
      level.delete(operation);
      level.set(operation, lane);
      this.remove(call);
      return call;
    }
    return undefined;
  }

  /** Takes out a call that no longer waits. */
  remove(call: W): void {
    const level = this.#levels.get(call.priority);
    const lane = level?.get(call.operation);
    if (level === undefined || lane === undefined) return;
    if (!lane.again.delete(call) && !lane.fresh.delete(call)) return;
    this.#size -= 1;
    if (lane.again.size + lane.fresh.size === 0) level.delete(call.operation);
    if (level.size === 0) {
      this.#levels.delete(call.priority);
      this.#priorities = this.#priorities.filter((priority) => priority !== call.priority);
    }
  }

  /** How many of the waiting calls are sent before `call` would be, if it came now, at the least. */
  ahead(call: W): number {
    let ahead = 0;
    for (const [priority, level] of this.#levels) {
      if (priority < call.priority) continue;
      ahead += priority > call.priority ? sizeOf(level) : turnsBefore(level, call);
    }
    return ahead;
  }

  *[Symbol.iterator](): Generator<W> {
    for (const level of this.#levels.values()) {
      for (const { again, fresh } of level.values()) {
        yield* again;
        yield* fresh;
      }
    }
  }

  #insert(call: W): void {
    let level = this.#levels.get(call.priority);
    if (level === undefined) {
      level = new Map();
      this.#levels.set(call.priority, level);
      this.#priorities = [...this.#priorities, call.priority].toSorted((a, b) => b - a);
    }
    let lane = level.get(call.operation);
    if (lane === undefined) {
      lane = { again: new Set(), fresh: new Set() };
      level.set(call.operation, lane);
    }
    (call.again ? lane.again : lane.fresh).add(call);
    this.#size += 1;
  }

  /** The latest call of the longest lane: the one that gives way when the queue is full. */
  #last(priority: number): W | undefined {
    let longest: Lane<W> | undefined;
    for (const lane of this.#levels.get(priority)?.values() ?? []) {
      if (longest === undefined || lengthOf(lane) > lengthOf(longest)) longest = lane;
    }
    return longest && (last(longest.fresh) ?? last(longest.again));
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}

function last<T>(set: ReadonlySet<T>): T | undefined {
  return [...set].at(-1);
}

function lengthOf<W>({ again, fresh }: Lane<W>): number {
  return again.size + fresh.size;
}

function sizeOf<W>(level: Level<W>): number {
  let size = 0;
  for (const lane of level.values()) size += lengthOf(lane);
  return size;
}

/** Each other operation takes no more turns before the call than the call's own lane has calls. */
function turnsBefore<W extends Waiting>(level: Level<W>, call: W): number {
  const lane = level.get(call.operation);
  const own = lane === undefined ? 0 : call.again ? lane.again.size : lengthOf(lane);
  let turns = own;
  for (const [operation, other] of level) {
    if (operation !== call.operation) turns += Math.min(lengthOf(other), own);
  }
  return turns;
}
