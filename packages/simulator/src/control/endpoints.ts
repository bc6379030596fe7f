import { object, type Rule, where } from '@defender-resilience/core/validation';
import { addressesOf } from '../addresses.ts';
import type { FaultOptions, OutageOptions } from '../faults.ts';
import type { HuntingResults } from '../hunting/tables.ts';
import { type Answered, matches, type ReceivedRequest, type RequestFilter } from '../record.ts';
import type { ScriptStep } from '../script.ts';
import type { SimulatedApi } from '../simulated-api.ts';
import { faults, foreignLoad, hunting, outage, script, text } from '../validation/schemas.ts';

/** The base path of the endpoints that control a simulator in another process. */
export const CONTROL = '/_simulator';

/** A query's parameters. If one is repeated, the last value counts. */
type Query = Readonly<Record<string, string>>;

/** A request to a control endpoint, with a valid body and query. */
interface ControlRequest<Body> {
  readonly api: SimulatedApi;
  readonly body: Body;
  readonly query: Query;
}

export interface ControlEndpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** The rule for the body; undefined if none is read. */
  readonly body: Rule | undefined;
  /** The rule for the query's parameters. */
  readonly query: Rule;
  /** Returns the answer, which is sent as JSON; undefined for 204. */
  handle(request: ControlRequest<unknown>): unknown;
}

const NO_PARAMETERS = object({});

function endpoint(
  method: ControlEndpoint['method'],
  path: string,
  handle: ControlEndpoint['handle'],
  query: Rule = NO_PARAMETERS,
): ControlEndpoint {
  return { method, path, body: undefined, query, handle };
}

/** Creates an endpoint with a body; `rule` ensures that it is a `Body`. */
function withBody<Body>(
  path: string,
  rule: Rule,
  handle: (request: ControlRequest<Body>) => unknown,
): ControlEndpoint {
  return {
    method: 'POST',
    path,
    body: rule,
    query: NO_PARAMETERS,
    // Only a body without faults reaches the handler.
    handle: (request) => handle({ ...request, body: request.body as Body }),
  };
}

/** How many requests one answer lists, unless the query sets a limit. */
const DEFAULT_LIMIT = 1000;

const matching = (pattern: RegExp, says: string): Rule =>
  where(says, (value) => typeof value === 'string' && pattern.test(value));

const requestsQuery = object({
  operation: text,
  method: text,
  path: text,
  answered: matching(/^([2-5]\d\d|reset|hang)$/, 'a status, "reset" or "hang"'),
  limit: matching(/^\d+$/, 'an integer ≥ 0'),
});

function answeredOf(ending: string): Answered {
  return ending === 'reset' || ending === 'hang' ? ending : Number(ending);
}

function filterOf({ limit: _limit, answered, ...filter }: Query): RequestFilter {
  return { ...filter, ...(answered === undefined ? {} : { answered: answeredOf(answered) }) };
}

function latest(
  requests: readonly ReceivedRequest[],
  filter: RequestFilter,
  limit: number,
): readonly ReceivedRequest[] {
  const found = requests.filter((request) => {
    const { answered } = filter;
    return matches(request, filter) && (answered === undefined || request.answered === answered);
  });
  return limit === 0 ? [] : found.slice(-limit);
}

/** All control endpoints, by their paths below {@link CONTROL}. */
export const endpoints: readonly ControlEndpoint[] = [
  endpoint('GET', '', ({ api }) => ({
    ...addressesOf(api.origin),
    endpoints: endpoints.map(({ method, path }) => `${method} ${CONTROL}${path}`),
  })),
  endpoint(
    'GET',
    '/requests',
    ({ api, query }) => {
      const filter = filterOf(query);
      const limit = Number(query['limit'] ?? DEFAULT_LIMIT);
      const { recorder } = api;
      return {
        count: recorder.count(filter),
        requests: latest(recorder.requests, filter, limit),
      };
    },
    requestsQuery,
  ),
  endpoint('GET', '/tracking-ids', ({ api }) => ({ trackingIds: api.recorder.trackingIds })),
  endpoint('GET', '/script', ({ api }) => ({ pending: api.script.pending })),
  withBody<readonly ScriptStep[]>('/script', script, ({ api, body }) => {
    api.script.append(body);
    return { pending: api.script.pending };
  }),
  endpoint('DELETE', '/script', ({ api }) => api.script.clear()),
  withBody<HuntingResults>('/hunting', hunting, ({ api, body }) => api.setHunting(body)),
  endpoint('DELETE', '/hunting', ({ api }) => api.setHunting(undefined)),
  withBody<OutageOptions>('/outage', outage, ({ api, body }) => void api.outage(body)),
  endpoint('DELETE', '/outage', ({ api }) => api.endOutage()),
  withBody<FaultOptions>('/faults', faults, ({ api, body }) => api.setFaults(body)),
  endpoint('DELETE', '/faults', ({ api }) => api.setFaults(undefined)),
  endpoint('GET', '/quotas', ({ api }) => ({ quotas: api.quotaUsage() })),
  withBody<{ readonly group: string; readonly share: number }>(
    '/foreign-load',
    foreignLoad,
    ({ api, body }) => void api.foreignLoad(body.group, body.share),
  ),
  endpoint('DELETE', '/foreign-load', ({ api }) => api.endForeignLoads()),
  endpoint('POST', '/expire-tokens', ({ api }) => api.tokens.expireAll()),
  endpoint('POST', '/reset', ({ api }) => api.reset()),
];
