import { classify, createResilience, operationFor } from '@defender-resilience/core';
import type { Target } from './target.ts';

const now = (): number => 1_700_000_000_000;
const header = (name: string, status: number) => (value: string) => {
  const failure = classify({ status, headers: { [name]: value }, body: '' }, { now });
  const { retryAfterMs = 0 } = failure ?? {};
  if (!(retryAfterMs >= 0)) throw new Error(`a wait of ${retryAfterMs}`);
};

const MESSAGES = [
  'Too many requests. You have exceeded the limit. Try again in 14 seconds.',
  'Rate limit is exceeded. Try again in 00:01:20.5',
  'API calls quota exceeded! maximum allowed 45 per 00:01:00. You can send requests again in 13 seconds.',
  'Out of call volume quota. Quota will be replenished in 00:28:06.',
  'AADSTS700082: The refresh token has expired. Trace ID: 3f9c Correlation ID: 9b1d Timestamp: 2026-01-01',
];

/** Options, made of a text: each key is set to each value that JSON can say. */
function parseOptions(input: string): void {
  let options: unknown;
  try {
    options = JSON.parse(input);
  } catch {
    return;
  }
  try {
    createResilience(options as never);
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.startsWith('createResilience')) throw error;
  }
}

const STATUSES = [400, 401, 403, 429, 503];

/** What core reads of answers and of its user. */
export const CORE_TARGETS: readonly Target[] = [
  {
    name: 'bodies of errors',
    file: 'bodies',
    seeds: [
      '{"error":{"code":"TooManyRequests","message":"Try again in 14 seconds.","target":"7f3"}}',
      '{"error":{"code":"429","message":"x","innerError":{"request-id":"9b1d","date":"2026"}}}',
      '{"error":"invalid_client","error_description":"AADSTS7000215: x","error_codes":[7000215]}',
      '{"statusCode":429,"message":"Rate limit is exceeded. Try again in 2 seconds."}',
      '{"odata.error":{"code":"","message":{"lang":"en","value":"x"}}}',
      '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
      '\uFEFF{"Message":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}',
    ],
    parse(body) {
      const status = STATUSES[body.length % STATUSES.length] ?? 400;
      classify({ status, headers: {}, body }, { now });
    },
  },
  {
    name: 'messages',
    file: 'messages',
    seeds: MESSAGES,
    parse(message) {
      const body = { error: { code: 'TooManyRequests', message } };
      classify({ status: 429, headers: {}, body }, { now });
      classify(Object.assign(new Error(message), { status: 400, body: { error: { message } } }));
    },
  },
  {
    name: 'Retry-After',
    file: 'retry-after',
    seeds: ['120', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', '1.5, 30'],
    parse: header('retry-after', 429),
  },
  {
    name: 'quota headers',
    file: 'quota-headers',
    seeds: ['60', '1700000060', '0.5', '-1'],
    parse: header('x-ratelimit-reset', 429),
  },
  {
    name: 'claims challenges',
    file: 'claims',
    seeds: [
      'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="',
      'Bearer authorization_uri="https://login.microsoftonline.com/x", claims=e30=, error="x"',
    ],
    parse: header('www-authenticate', 401),
  },
  {
    name: 'warnings of partial answers',
    file: 'warnings',
    seeds: ['199 Microsoft "Microsoft/WDATP/504/10001", 199 - "x/y/1/2"'],
    parse: header('warning', 206),
  },
  {
    name: 'URLs to operations',
    file: 'urls',
    seeds: [
      '/api/incidents/7',
      "/v1.0/security/alerts_v2('a b')/comments",
      '/api/machines/1e5bc9d7e413ddd7902c2932e418702b84d0cc07/isolate',
      '/api/%2e%2e/machines//x?y#z',
    ],
    parse(path) {
      for (const host of ['api.security.microsoft.com', 'graph.microsoft.com', 'x']) {
        operationFor({ method: 'GET', host, path });
      }
    },
  },
  {
    name: 'options',
    file: 'options',
    seeds: [
      '{"retry":{"maxRetries":3,"initialDelayMs":1000},"budget":{"ratio":0.2},"circuit":false}',
      '{"quota":{"minuteMs":60000,"groups":{"incidents":{"perMinute":50}}},"hosts":{"x":"all"}}',
      '{"operations":{"incidents.list":{"priority":1,"__proto__":{"x":1}}},"throttle":{"maxWaiting":1}}',
    ],
    parse: parseOptions,
  },
];
