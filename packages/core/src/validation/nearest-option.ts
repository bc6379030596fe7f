/** What other libraries call an option, by our name for it. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  // p-retry, axios-retry, got, cockatiel, Polly, resilience4j, urllib3.
  maxRetries: [
    'retries',
    'retryCount',
    'retryLimit',
    'maxAttempts',
    'maxRetryAttempts',
    'attempts',
    'numOfAttempts',
    'limit',
    'total',
  ],
  initialDelayMs: [
    'delay',
    'retryDelay',
    'minTimeout',
    'initialInterval',
    'waitDuration',
    'startingDelay',
    'backoff',
    'baseDelay',
  ],
  maxDelayMs: ['maxTimeout', 'backoffLimit', 'maxInterval'],
  maxRetryAfterMs: ['maxRetryAfter', 'retryAfterLimit'],
  attemptTimeoutMs: ['timeout', 'requestTimeout', 'perTryTimeout', 'attemptTimeout'],
  deadlineMs: ['totalTimeout', 'overallTimeout', 'maxRetryTime', 'maxElapsedTime', 'timeBudget'],
  retry: ['retryOptions', 'retryPolicy', 'retryConfig', 'raxConfig'],
  budget: ['retryBudget'],
  circuit: ['circuitBreaker', 'breaker'],
  failureRatio: ['threshold', 'failureRateThreshold', 'errorThresholdPercentage'],
  minimumAttempts: ['minimumThroughput', 'minimumNumberOfCalls', 'volumeThreshold', 'minimumRps'],
  windowMs: ['samplingDuration', 'slidingWindowSize', 'rollingCountTimeout', 'duration'],
  openMs: ['breakDuration', 'halfOpenAfter', 'resetTimeout', 'waitDurationInOpenState'],
  throttle: ['rateLimit', 'rateLimiter', 'throttling'],
  maxWaiting: ['queueLimit', 'maxQueueSize', 'queueSize', 'highWater'],
  refreshToken: ['getToken', 'tokenProvider', 'accessToken', 'token', 'credential', 'auth'],
  throwHttpErrors: ['errors', 'throwOnError', 'validateStatus', 'throwErrors'],
  observers: ['observer', 'hooks', 'listeners', 'plugins', 'telemetry', 'logger', 'events'],
  hosts: ['host', 'baseUrl', 'baseURL', 'prefixUrl', 'endpoints'],
  idempotent: ['replayable', 'retryable', 'safe'],
  priority: ['weight'],
  signal: ['abortSignal', 'abort', 'cancelToken'],
  logger: ['log', 'console'],
  tracerProvider: ['tracer'],
  meterProvider: ['meter'],
  register: ['registry'],
  prefix: ['metricPrefix', 'namespace'],
  constantLabels: ['labels', 'defaultLabels'],
  serviceName: ['name', 'service'],
  endpoint: ['url', 'collector', 'exporterUrl'],
};

/**
 * The option that was probably meant: one with the same name at another place, one that another
 * library calls so, or one that is spelt nearly so.
 *
 * @param path - of the unknown option, such as `retry.maxRetry`
 * @param candidates - the paths of all options, the likeliest first
 */
export function nearestOption(path: string, candidates: readonly string[]): string | undefined {
  const name = normalize(path);
  const same = candidates.find((candidate) => normalize(candidate) === name);
  return same ?? synonymOf(name, candidates) ?? closest(name, candidates);
}

function synonymOf(name: string, candidates: readonly string[]): string | undefined {
  return candidates.find((candidate) =>
    SYNONYMS[lastOf(candidate)]?.some((synonym) => normalize(synonym) === name),
  );
}

function closest(name: string, candidates: readonly string[]): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const other = normalize(candidate);
    const distance = editDistance(name, other);
    const allowed = Math.floor(Math.max(name.length, other.length) / 3);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The last part of the path without case, separators and the unit. */
function normalize(path: string): string {
  const name = lastOf(path).toLowerCase().replace(/[_-]/g, '');
  return name.length > 3 ? name.replace(/(?:millis|ms)$/, '') : name;
}

/** The Levenshtein distance. Names are compared up to 50 characters. */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 50), b.slice(0, 50)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
