import { classify, DefenderApiError } from '@defender-resilience/core';

/** An incident of the list: what an export needs to know of one, and how often it has changed. */
export interface ListedIncident {
  readonly incidentId: number;
  lastUpdateTime: string;
  /** When the list begins to show the change. */
  visibleAt: number;
}

export interface ListOptions {
  /** In which order the list gives what it finds, at each request anew. */
  readonly order: (
    incidents: readonly ListedIncident[],
    request: number,
  ) => readonly ListedIncident[];
  readonly links: boolean;
  /** More rows than these in one answer are too much for the service. */
  readonly maxRows?: number;
  /** The links, counted from 1, that are refused with this error. */
  readonly expired?: {
    readonly links: readonly number[];
    readonly status: number;
    readonly code: string;
  };
}

/** No export of a test needs as many. */
const MAX_REQUESTS = 10_000;

/** What the endpoint documents of itself, without a network: `$filter`, `$top`, `$skip`. */
export class IncidentList {
  readonly incidents: ListedIncident[];
  readonly #options: ListOptions;
  requests = 0;
  links = 0;
  now: number;

  constructor(incidents: readonly ListedIncident[], now: number, options: ListOptions) {
    this.incidents = [...incidents];
    this.now = now;
    this.#options = options;
  }

  /** An incident is updated now, and shown in the list after a while. */
  change(index: number, lateMs: number): void {
    const incident = this.incidents[index % Math.max(this.incidents.length, 1)];
    this.now += 1;
    if (incident === undefined) return;
    incident.lastUpdateTime = new Date(this.now).toISOString();
    incident.visibleAt = this.now + lateMs;
  }

  answer(url: string): unknown {
    this.requests += 1;
    if (this.requests > MAX_REQUESTS) throw new Error(`It goes on for ever: ${url}`);
    this.now += 1;
    const { searchParams } = new URL(url);
    const filter = searchParams.get('$filter') ?? '';
    const top = Number(searchParams.get('$top'));
    const skip = Number(searchParams.get('$skip'));
    const [from = Number.NaN, to = Number.POSITIVE_INFINITY] = [
      ...filter.matchAll(/lastUpdateTime (?:ge|lt) (\S+)/g),
    ].map(([, time = '']) => Date.parse(time));
    const found = this.#options.order(this.incidents, this.requests).filter((incident) => {
      const at = Date.parse(incident.lastUpdateTime);
      return incident.visibleAt <= this.now && at >= from && at < to;
    });
    const { links, maxRows = Number.POSITIVE_INFINITY, expired } = this.#options;
    if (skip > 0) this.links += 1;
    if (skip > 0 && expired?.links.includes(this.links)) throw refusal(expired);
    if (Math.min(found.length, top) > maxRows) throw serverFault();
    const value = found.slice(skip, skip + top).map((incident) => ({ ...incident }));
    const next = skip + value.length;
    if (!links || next >= found.length) return { value };
    const link = new URL(url);
    link.searchParams.set('$skip', String(next));
    return { value, '@odata.nextLink': link.href };
  }
}

function refusal({ status, code }: { status: number; code: string }): DefenderApiError {
  const body = { error: { code, message: 'Invalid Skip Token' } };
  const failure = classify({ status, body });
  if (failure === undefined) throw new Error(`${status} is no failure`);
  return new DefenderApiError(failure);
}

function serverFault(): DefenderApiError {
  return new DefenderApiError({
    code: 'InternalServerError',
    status: 500,
    message: '',
    verdict: 'retryable',
    source: 'api',
  });
}
