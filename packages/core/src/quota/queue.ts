/** A call in the queue. */
export interface Waiting {
  readonly priority: number;
  /** Calls of the same priority take turns by operation. */
  readonly operation: string;
  /** True for an attempt after the first, which goes before first attempts. */
  readonly isRetry: boolean;
}

/** The calls of one operation and priority. Each set is in order of arrival; retries go first. */
interface Lane<W> {
  readonly retries: Set<W>;
  readonly first: Set<W>;
}

/** The lanes of one priority, in the order in which they take turns. */
type Level<W> = Map<string, Lane<W>>;

/**
 * The waiting calls of one group: the highest priority first, operations of the same priority in turn, calls of
 * one operation in order of arrival. In a full queue, a call of a higher priority displaces the one that would
 * be sent last.
 */
export class CallQueue<W extends Waiting> {
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

  /** The priority of the next call; undefined if none waits. */
  get priority(): number | undefined {
    return this.#priorities[0];
  }

  /** Adds a call. If the queue is full, returns the call that has no place: this one, or one that it displaced. */
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

  /** Removes and returns the next call. */
  next(): W | undefined {
    const [priority] = this.#priorities;
    const level = priority === undefined ? undefined : this.#levels.get(priority);
    const [turn] = level ?? [];
    if (level === undefined || turn === undefined) return undefined;
    const [operation, lane] = turn;
    // The operation's next turn comes after all others.
    level.delete(operation);
    level.set(operation, lane);
    const call = oldest(lane.retries) ?? oldest(lane.first);
    if (call !== undefined) this.remove(call);
    return call;
  }

  /** Removes a call that no longer waits. */
  remove(call: W): void {
    const level = this.#levels.get(call.priority);
    const lane = level?.get(call.operation);
    if (level === undefined || lane === undefined) return;
    if (!lane.retries.delete(call) && !lane.first.delete(call)) return;
    this.#size -= 1;
    if (lengthOf(lane) === 0) level.delete(call.operation);
    if (level.size === 0) {
      this.#levels.delete(call.priority);
      this.#priorities = this.#priorities.filter((priority) => priority !== call.priority);
    }
  }

  /** The minimum number of waiting calls that would be sent before `call`, if it arrived now. */
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
      for (const lane of level.values()) {
        yield* lane.retries;
        yield* lane.first;
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
      lane = { retries: new Set(), first: new Set() };
      level.set(call.operation, lane);
    }
    (call.isRetry ? lane.retries : lane.first).add(call);
    this.#size += 1;
  }

  /** The latest call of the longest lane, which is displaced when the queue is full. */
  #last(priority: number): W | undefined {
    const lanes = [...(this.#levels.get(priority)?.values() ?? [])];
    const [longest] = lanes.toSorted((a, b) => lengthOf(b) - lengthOf(a));
    return longest && ([...longest.first].at(-1) ?? [...longest.retries].at(-1));
  }
}

function oldest<T>(set: ReadonlySet<T>): T | undefined {
  const [first] = set;
  return first;
}

function lengthOf<W>({ retries, first }: Lane<W>): number {
  return retries.size + first.size;
}

function sizeOf<W>(level: Level<W>): number {
  let size = 0;
  for (const lane of level.values()) size += lengthOf(lane);
  return size;
}

/** Each other operation has no more turns before the call than the call's own lane has calls. */
function turnsBefore<W extends Waiting>(level: Level<W>, call: W): number {
  const lane = level.get(call.operation);
  const own = lane === undefined ? 0 : call.isRetry ? lane.retries.size : lengthOf(lane);
  let turns = own;
  for (const [operation, other] of level) {
    if (operation !== call.operation) turns += Math.min(lengthOf(other), own);
  }
  return turns;
}
