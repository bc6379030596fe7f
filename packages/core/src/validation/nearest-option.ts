import { editDistance, words } from '../words.ts';

/** The names of an option in other libraries, by our name for it. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  // p-retry, async-retry, axios-retry, retry-axios, got, ky, cockatiel, Polly, resilience4j, urllib3.
  maxRetries: words(`
    retries retry retryCount retryLimit maxAttempts maxRetryAttempts maxRetryCount attempts tries times
    numOfAttempts numberOfRetries limit total
  `),
  initialDelayMs: words(`
    delay retryDelay minTimeout minDelay initialInterval waitDuration startingDelay backoff baseDelay
    interval retryInterval backoffFactor
  `),
  maxDelayMs: words('maxTimeout backoffLimit maxInterval maxBackoff maxRetryDelay cap'),
  maxRetryAfterMs: words('maxRetryAfter retryAfterLimit retryAfter respectRetryAfter'),
  attemptTimeoutMs: words(`
    timeout timeouts requestTimeout perTryTimeout perAttemptTimeout attemptTimeout callTimeout
    headersTimeout bodyTimeout
  `),
  deadlineMs: words(
    'totalTimeout overallTimeout maxRetryTime maxElapsedTime timeBudget maxDuration maxTotalTime timeout',
  ),
  retry: words('retryOptions retryPolicy retryConfig raxConfig retryStrategy'),
  budget: words('retryBudget'),
  ratio: words('percent percentCanRetry retryRatio budgetPercent'),
  minPerMinute: words('minRetriesPerSecond minRetriesPerSec reserve'),
  circuit: words('circuitBreaker breaker'),
  failureRatio: words(
    'threshold failureThreshold failureRateThreshold errorThreshold errorThresholdPercentage',
  ),
  minimumAttempts: words(
    'minimumThroughput minimumNumberOfCalls volumeThreshold minimumRps requestVolumeThreshold',
  ),
  windowMs: words('samplingDuration slidingWindowSize rollingCountTimeout duration window'),
  openMs: words('breakDuration halfOpenAfter resetTimeout waitDurationInOpenState sleepWindow'),
  throttle: words('rateLimit rateLimiter throttling'),
  maxWaiting: words('queueLimit maxQueue maxQueueSize queueSize highWater maxQueued'),
  refreshToken: words('getToken tokenProvider accessToken token credential credentials auth'),
  throwHttpErrors: words('errors throwOnError validateStatus throwErrors'),
  observers: words(
    'observer hooks listeners plugins telemetry logger events tracer metrics onRetry onFailure',
  ),
  onObserverError: words('onError errorHandler'),
  hosts: words('host hostname baseUrl prefixUrl endpoints'),
  host: words('hostname baseUrl'),
  idempotent: words('replayable retryable safe'),
  failed: words('isFailure shouldRetry retryCondition handleResult retryOnResult'),
  priority: words('weight'),
  signal: words('abortSignal abort cancelToken'),
  logger: words('log console'),
  tracerProvider: words('tracer'),
  meterProvider: words('meter'),
  propagate: words('propagation traceparent propagators propagateContext traceHeaders'),
  suppressTransportSpans: words('suppress suppressInstrumentation suppressTracing'),
  urlCapture: words('url captureUrl redactUrl urlRedaction'),
  expectedStatuses: words('ignoreStatuses ignoredStatuses allowedStatuses acceptStatuses'),
  constantAttributes: words('attributes defaultAttributes resourceAttributes labels tags'),
  register: words('registry registers'),
  prefix: words('metricPrefix namespace'),
  constantLabels: words('labels defaultLabels attributes tags'),
  path: words('url endpoint route metricsPath'),
  serviceName: words('name service'),
  endpoint: words('url collector collectorUrl exporter exporterUrl otlpEndpoint host'),
  shutdownTimeoutMs: words('timeout exportTimeout'),
  sdk: words(`
    instrumentations resource sampler views spanProcessors metricReader metricReaders traceExporter
    textMapPropagator contextManager resourceDetectors
  `),
  // The simulator.
  quotas: words('quota limits rateLimits'),
  faults: words('errors chaos'),
  probability: words('rate ratio chance'),
  latencyMs: words('latency delay'),
  script: words('responses replies answers scenario'),
  for: words('operation path url match'),
};

/** The maximum edit distance of a similar name at another place. */
const MAX_DISTANCE_ELSEWHERE = 2;

/**
 * The option that was probably meant: one with the same name at another place, one that has this name in
 * another library, or one with a similar spelling.
 *
 * @param path - the path of the unknown option, such as `retry.maxRetry`
 * @param near - the paths of the options at the same place
 * @param elsewhere - the paths of all others
 */
export function nearestOption(
  path: string,
  near: readonly string[],
  elsewhere: readonly string[] = [],
): string | undefined {
  const name = normalize(path);
  const candidates = [...near, ...elsewhere];
  return (
    candidates.find((candidate) => normalize(candidate) === name) ??
    synonymOf(name, candidates) ??
    closest(name, near) ??
    closest(name, elsewhere, MAX_DISTANCE_ELSEWHERE)
  );
}

function synonymOf(name: string, candidates: readonly string[]): string | undefined {
  return candidates.find((candidate) =>
    SYNONYMS[lastOf(candidate)]?.some((synonym) => normalize(synonym) === name),
  );
}

function closest(
  name: string,
  candidates: readonly string[],
  max = Number.POSITIVE_INFINITY,
): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const other = normalize(candidate);
    const distance = editDistance(name, other);
    const allowed = Math.min(Math.floor(Math.max(name.length, other.length) / 3), max);
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
