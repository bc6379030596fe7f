import { addressesOf } from '../addresses.ts';
import { type Check, rule, shape, text } from '../check/check.ts';
import { faults, foreignLoad, outage, script } from '../check/rules.ts';
import type { FaultOptions, OutageOptions } from '../faults.ts';
import { type Answered, matches, type ReceivedRequest, type RequestFilter } from '../record.ts';
import type { ScriptStep } from '../script.ts';
import { type ControlEndpoint, endpoint, type Query, withBody } from './endpoint.ts';

/** Where a simulator is controlled that runs in another process. */
export const CONTROL = '/_simulator';

/** As many requests as one answer shows, unless it is asked for another number. */
const DEFAULT_LIMIT = 1000;

const matching = (pattern: RegExp, says: string): Check =>
  rule(says, (value) => typeof value === 'string' && pattern.test(value));

const requestsQuery = shape({
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

/** Everything that can be asked for below {@link CONTROL}. */
export const endpoints: readonly ControlEndpoint[] = [
  endpoint('GET', '', ({ engine }) => ({
    ...addressesOf(engine.origin),
    endpoints: endpoints.map(({ method, path }) => `${method} ${CONTROL}${path}`),
  })),
  endpoint(
    'GET',
    '/requests',
    ({ engine, query }) => {
      const filter = filterOf(query);
      const limit = Number(query['limit'] ?? DEFAULT_LIMIT);
      const { recorder } = engine;
      return {
        count: recorder.count(filter),
        requests: latest(recorder.requests, filter, limit),
      };
    },
    requestsQuery,
  ),
  endpoint('GET', '/tracking-ids', ({ engine }) => ({ trackingIds: engine.recorder.trackingIds })),
  endpoint('GET', '/script', ({ engine }) => ({ pending: engine.script.pending })),
  withBody<readonly ScriptStep[]>('/script', script, ({ engine, body }) => {
    engine.script.append(body);
    return { pending: engine.script.pending };
  }),
  endpoint('DELETE', '/script', ({ engine }) => engine.script.clear()),
  withBody<OutageOptions>('/outage', outage, ({ engine, body }) => void engine.outage(body)),
  endpoint('DELETE', '/outage', ({ engine }) => engine.endOutage()),
  withBody<FaultOptions>('/faults', faults, ({ engine, body }) => engine.setFaults(body)),
  endpoint('DELETE', '/faults', ({ engine }) => engine.setFaults(undefined)),
  endpoint('GET', '/quotas', ({ engine }) => ({ quotas: engine.quotaUsage() })),
  withBody<{ readonly group: string; readonly share: number }>(
    '/foreign-load',
    foreignLoad,
    ({ engine, body }) => void engine.foreignLoad(body.group, body.share),
  ),
  endpoint('DELETE', '/foreign-load', ({ engine }) => engine.endForeignLoads()),
  endpoint('POST', '/expire-tokens', ({ engine }) => engine.tokens.expireAll()),
  endpoint('POST', '/reset', ({ engine }) => engine.reset()),
];
