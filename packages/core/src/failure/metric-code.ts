import { catalogue, findErrorCode } from '../catalogue/codes.ts';
import type { ErrorClass } from '../catalogue/entry.ts';
import type { Failure, FailureSource } from './failure.ts';

/** One value that `metricCode` can return. */
export interface MetricCode {
  /** The value, such as `TooManyRequests`, `Http503` or `_OTHER`. */
  readonly code: string;
  /** What kind of problem the code stands for. */
  readonly class: ErrorClass;
}

/** Replaces every code that is not in the catalogue. */
const OTHER = '_OTHER';

/** The statuses under which an error without a code is counted. */
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

/** Failures without an HTTP response are counted by their source: Node and undici have too many codes. */
const LOCAL: Readonly<Record<Exclude<FailureSource, 'api' | 'gateway'>, MetricCode>> = {
  network: { code: 'Network', class: 'transport' },
  timeout: { code: 'Timeout', class: 'transport' },
  circuit: { code: 'CircuitOpen', class: 'local' },
  throttle: { code: 'Throttled', class: 'local' },
  cancelled: { code: 'Cancelled', class: 'local' },
  unknown: { code: 'Unknown', class: 'local' },
};

/**
 * Every value that `metricCode` can return, once each, so that a metric can start them all at zero.
 * `_OTHER` always comes from the service, hence its class `server`.
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
 * Returns a code that is safe as a metric label: one of `metricCodes`, whatever the service sent.
 *
 * The catalogue's code; for a response without a code, `Http` and a common status; without a response,
 * `Network`, `Timeout`, `CircuitOpen`, `Throttled`, `Cancelled` or `Unknown`; otherwise `_OTHER`.
 */
export function metricCode(failure: Pick<Failure, 'code' | 'status' | 'source'>): string {
  const { code, status, source } = failure;
  const known = fromService(source) ? findErrorCode(code) : undefined;
  if (known !== undefined) return known.code;
  if (source !== 'api' && source !== 'gateway') return LOCAL[source].code;
  // A service may send `Http418` as its own code: only the one that matches the status counts.
  const common = status !== undefined && Object.hasOwn(HTTP_CLASSES, status);
  return common && code === `Http${status}` ? code : OTHER;
}

/** An unknown error, such as one that an SDK threw, may still have a code of the service. */
function fromService(source: FailureSource): boolean {
  return source === 'api' || source === 'gateway' || source === 'unknown';
}
