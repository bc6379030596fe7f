/** How a request ended: the status that was answered, or what was done instead. */
export type Answered = number | 'reset' | 'hang';

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
}

type Entry = { -readonly [Field in keyof ReceivedRequest]: ReceivedRequest[Field] };

function matches(request: ReceivedRequest, filter: RequestFilter): boolean {
  const same = (wanted: string | undefined, actual: string): boolean =>
    wanted === undefined || wanted.toLowerCase() === actual.toLowerCase();
  return (
    (filter.operation === undefined || filter.operation === request.operation) &&
    same(filter.method, request.method) &&
    same(filter.path, request.path)
  );
}

/** Keeps what was received and which tracking IDs were given out. */
export class Recorder {
  #requests: Entry[] = [];
  #trackingIds: string[] = [];

  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  get trackingIds(): readonly string[] {
    return this.#trackingIds;
  }

  /** Notes a request, and gives the function that notes how it ended. */
  receive(request: Omit<ReceivedRequest, 'order' | 'answered'>): (answered: Answered) => void {
    const entry: Entry = { ...request, order: this.#requests.length + 1, answered: undefined };
    this.#requests.push(entry);
    return (answered) => {
      entry.answered = answered;
    };
  }

  track(id: string): void {
    this.#trackingIds.push(id);
  }

  count(filter: RequestFilter = {}): number {
    return this.#requests.filter((request) => matches(request, filter)).length;
  }

  clear(): void {
    this.#requests = [];
    this.#trackingIds = [];
  }
}
