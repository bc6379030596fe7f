import { catalogue, findErrorCode } from '../catalogue/codes.ts';
import type { ErrorClass } from '../catalogue/entry.ts';
import type { Failure, FailureSource } from './failure.ts';

/** One value that `metricCode` can give, and what kind of trouble it stands for. */
export interface MetricCode {
  readonly code: string;
  readonly class: ErrorClass;
}

/** What stands for every code that the catalogue does not know. */
const OTHER = '_OTHER';

/** The statuses that a failure without a code is counted under. */
const HTTP_CLASSES: Readonly<Record<number, ErrorClass>> = {
  400: 'input',
  401: 'auth',
  403: 'permission',
  404: 'not_found',
  405: 'input',
  406: 'input',
  407: 'transport',
  408: 'transport',
  409: 'conflict',
  410: 'not_found',
  412: 'conflict',
  413: 'input',
  414: 'input',
  415: 'input',
  422: 'input',
  423: 'conflict',
  425: 'server',
  428: 'conflict',
  429: 'throttle',
  431: 'input',
  500: 'server',
  501: 'server',
  502: 'server',
  503: 'server',
  504: 'server',
};

/** What an HTTP answer did not cause goes by its source: Node and undici have too many codes. */
const LOCAL: Readonly<Record<Exclude<FailureSource, 'api' | 'gateway'>, MetricCode>> = {
  network: { code: 'Network', class: 'transport' },
  timeout: { code: 'Timeout', class: 'transport' },
  circuit: { code: 'CircuitOpen', class: 'local' },
  throttle: { code: 'Throttled', class: 'local' },
  cancelled: { code: 'Cancelled', class: 'local' },
  unknown: { code: 'Unknown', class: 'local' },
};

/**
 * Every value that `metricCode` can give, once each, so that a metric can start each at zero. What is
 * `_OTHER` came from the service, hence its class `server`.
 */
export const metricCodes: readonly MetricCode[] = Object.freeze(
  [
    ...catalogue.map((entry) => ({ code: entry.code, class: entry.class })),
    ...Object.entries(HTTP_CLASSES).map(([status, kind]) => ({
      code: `Http${status}`,
      class: kind,
    })),
    ...Object.values(LOCAL),
    { code: OTHER, class: 'server' } as const,
  ].map((row) => Object.freeze(row)),
);

/**
 * A code fit for a metric's label: one of `metricCodes`, whatever the service wrote.
 *
 * The catalogue's canonical code; for an answer without a code `Http` and a common status; for what
 * never was an answer `Network`, `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` or `Unknown`;
 * `_OTHER` for all else.
 */
export function metricCode(failure: Pick<Failure, 'code' | 'status' | 'source'>): string {
  const { code, status, source } = failure;
  const known = fromService(source) ? findErrorCode(code) : undefined;
  if (known !== undefined) return known.code;
  if (source !== 'api' && source !== 'gateway') return LOCAL[source].code;
  // A service may write `Http503` of its own accord: only the code that the status gives counts.
  const common = status !== undefined && Object.hasOwn(HTTP_CLASSES, status);
  return common && code === `Http${status}` ? code : OTHER;
}

/** An error of unknown make may still carry a code of the service, as an SDK's own do. */
function fromService(source: FailureSource): boolean {
  return source === 'api' || source === 'gateway' || source === 'unknown';
}
