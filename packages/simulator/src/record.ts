/** How a request ended: the status that was answered, or what was done instead. */
export type Answered = number | 'reset' | 'hang';

export const RECORD_MODES = ['all', 'counts'] as const;

/**
 * What is kept of the requests: `all`, or only `counts`, for runs of so many that their bodies would
 * fill the memory.
 */
export type RecordMode = (typeof RECORD_MODES)[number];

/** One request, as it arrived. */
export interface ReceivedRequest {
  /** Its place among all requests since the start or the last `reset()`, from 1. */
  readonly order: number;
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty when there was none. */
  readonly body: string;
  /** The operation's name, such as `incidents.list`; `other` when it is not known. */
  readonly operation: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** Undefined while it waits for its answer. */
  readonly answered: Answered | undefined;
}

/** Which requests to count: those that match every field given. */
export interface RequestFilter {
  readonly operation?: string;
  /** In any letter case. */
  readonly method?: string;
  /** The exact path, in any letter case. */
  readonly path?: string;
  /** How it ended. */
  readonly answered?: Answered;
}

type Entry = { -readonly [Field in keyof ReceivedRequest]: ReceivedRequest[Field] };
type Kind = Pick<ReceivedRequest, 'operation' | 'method' | 'path'>;

/** How often requests of one kind came, and how they ended. */
interface Tally extends Kind {
  total: number;
  readonly answered: Map<Answered, number>;
}

/** At most so many requests, tracking IDs and different paths are kept; the rest is counted. */
const MAX_KEPT = 100_000;

const MANY_PATHS = '(other paths)';

/** Whether a request is of the kind that a filter wants, however it ended. */
export function matches(kind: Kind, filter: RequestFilter): boolean {
  const same = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
  return (
    (filter.operation === undefined || filter.operation === kind.operation) &&
    same(filter.method, kind.method) &&
    same(filter.path, kind.path)
  );
}

/** Keeps what was received and which tracking IDs were given out. */
export class Recorder {
  readonly #mode: RecordMode;
  readonly #maxKept: number;
  #received = 0;
  #requests: Entry[] = [];
  #trackingIds: string[] = [];
  #tallies = new Map<string, Tally>();

  constructor(mode: RecordMode = 'all', maxKept: number = MAX_KEPT) {
    this.#mode = mode;
    this.#maxKept = maxKept;
  }

  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  get trackingIds(): readonly string[] {
    return this.#trackingIds;
  }

  /** Notes a request, and gives the function that notes how it ended. */
  receive(request: Omit<ReceivedRequest, 'order' | 'answered'>): (answered: Answered) => void {
    this.#received += 1;
    const tally = this.#tallyOf(request);
    tally.total += 1;
    let entry: Entry | undefined;
    if (this.#mode === 'all' && this.#requests.length < this.#maxKept) {
      entry = { ...request, order: this.#received, answered: undefined };
      this.#requests.push(entry);
    }
    return (answered) => {
      if (entry !== undefined) entry.answered = answered;
      tally.answered.set(answered, (tally.answered.get(answered) ?? 0) + 1);
    };
  }

  track(id: string): void {
    if (this.#trackingIds.length < this.#maxKept) this.#trackingIds.push(id);
  }

  count(filter: RequestFilter = {}): number {
    let count = 0;
    for (const tally of this.#tallies.values()) {
      if (!matches(tally, filter)) continue;
      const { answered } = filter;
      count += answered === undefined ? tally.total : (tally.answered.get(answered) ?? 0);
    }
    return count;
  }

  clear(): void {
    this.#received = 0;
    this.#requests = [];
    this.#trackingIds = [];
    this.#tallies = new Map();
  }

  #tallyOf({ operation, method, path }: Kind): Tally {
    const key = `${operation} ${method} ${path}`;
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    if (this.#tallies.size >= this.#maxKept && path !== MANY_PATHS) {
      return this.#tallyOf({ operation, method, path: MANY_PATHS });
    }
    const tally = { operation, method, path, total: 0, answered: new Map<Answered, number>() };
    this.#tallies.set(key, tally);
    return tally;
  }
}
