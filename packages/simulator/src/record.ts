import { redactHeaders, redactQuery, redactTokenForm } from './redaction.ts';
import { TOKEN_OPERATION } from './script.ts';

/** How a request ended: the status of the answer, or what happened instead of one. */
export type Answered = number | 'reset' | 'hang';

export const RECORD_MODES = ['all', 'counts'] as const;

/** Whether requests are kept whole (`all`), or only counted (`counts`). */
export type RecordMode = (typeof RECORD_MODES)[number];

/** One request as it arrived, without its credentials. */
export interface ReceivedRequest {
  /** Its number among all requests since the start or the last `reset()`, from 1. */
  readonly order: number;
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The parameters of the query; a credential among them is shown as `[redacted]`. */
  readonly query: Readonly<Record<string, string>>;
  /**
   * The headers by lower-case name. `authorization` is shown as `redactAuthorization()` gives it, a
   * cookie or the key of a gateway as `[redacted]`.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty if there was none. A token request's secrets are shown as `[redacted]`. */
  readonly body: string;
  /** The operation's name, such as `incidents.list`; `other` if it is not known. */
  readonly operation: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  /** Undefined until it is answered. */
  readonly answered: Answered | undefined;
}

/** Which requests to count: those that match every field given. */
export interface RequestFilter {
  /** The operation's name, such as `incidents.list`. */
  readonly operation?: string;
  /** The HTTP method, in any letter case. */
  readonly method?: string;
  /** The exact path without the query, in any letter case. */
  readonly path?: string;
  /** How the request ended: a status, `'reset'` or `'hang'`. */
  readonly answered?: Answered;
}

type Entry = { -readonly [Field in keyof ReceivedRequest]: ReceivedRequest[Field] };
type Kind = Pick<ReceivedRequest, 'operation' | 'method' | 'path'>;

/** How many requests of one kind arrived, and how they ended. */
interface Tally extends Kind {
  total: number;
  readonly answered: Map<Answered, number>;
}

/** How many requests, tracking IDs and different paths are kept; any more are only counted. */
const MAX_KEPT = 100_000;

const MANY_PATHS = '(other paths)';

/** Whether a request matches a filter, ignoring how it ended. */
export function matches(kind: Kind, filter: RequestFilter): boolean {
  const same = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
  return (
    (filter.operation === undefined || filter.operation === kind.operation) &&
    same(filter.method, kind.method) &&
    same(filter.path, kind.path)
  );
}

/** Keeps the requests that were received and the tracking IDs that were sent. */
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

  /** Records a request. Returns the function that records how it ended. */
  receive(request: Omit<ReceivedRequest, 'order' | 'answered'>): (answered: Answered) => void {
    this.#received += 1;
    const tally = this.#tallyOf(request);
    tally.total += 1;
    let entry: Entry | undefined;
    if (this.#mode === 'all' && this.#requests.length < this.#maxKept) {
      const { operation, headers, query, body } = request;
      entry = {
        ...request,
        headers: redactHeaders(headers),
        query: redactQuery(query),
        body: operation === TOKEN_OPERATION ? redactTokenForm(body) : body,
        order: this.#received,
        answered: undefined,
      };
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
