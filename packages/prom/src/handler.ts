import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOpenMetrics } from './client.ts';
import type { RecentErrors } from './recent-errors.ts';
import { show } from './unknown.ts';
import { warnOnce } from './warn.ts';

/** What is served: a registry, or something that combines several, such as those of a cluster. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** The options of `metricsHandler`. */
export interface MetricsHandlerOptions {
  /** The path of the metrics, which starts with a slash. @defaultValue `'/metrics'` */
  readonly path?: string;
  /**
   * The errors to serve as JSON with their tracking IDs: `observer.recentErrors`. Serve them in your
   * own network only.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /** The path of the recent errors, which starts with a slash. @defaultValue `'/debug/defender/errors'` */
  readonly recentErrorsPath?: string;
}

/**
 * A request listener for `node:http`, or a handler for the frameworks built on it. Other paths go to
 * `next` where a framework such as express passes it, and are answered with 404 elsewhere.
 */
export type MetricsHandler = (
  request: IncomingMessage & { readonly baseUrl?: string },
  response: ServerResponse,
  next?: () => void,
) => void;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type Route = (query: URLSearchParams) => Promise<Answer> | Answer;

const TEXT = 'text/plain; charset=utf-8';
const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const METHODS = ['GET', 'HEAD'];

/**
 * Creates a handler that serves metrics, and on request the recent errors.
 *
 * @param source - the registry, such as `observer.register`
 * @example
 * ```ts
 * const observer = promObserver({ register });
 * const handler = metricsHandler(register, { recentErrors: observer.recentErrors });
 * createServer(handler).listen(9464, '127.0.0.1');
 * ```
 * @throws TypeError when the source is no registry or an option is invalid
 */
export function metricsHandler(
  source: MetricsSource,
  options: MetricsHandlerOptions = {},
): MetricsHandler {
  if (typeof source?.metrics !== 'function' || typeof source.contentType !== 'string') {
    throw new TypeError(
      'metricsHandler takes a registry: an object with contentType and metrics()',
    );
  }
  const { path = '/metrics', recentErrorsPath = '/debug/defender/errors', recentErrors } = options;
  checkPaths({ path, recentErrorsPath });
  const routes = new Map<string, Route>([[path, () => exposition(source)]]);
  if (recentErrors !== undefined) {
    routes.set(recentErrorsPath, (query) => errorList(recentErrors, query));
  }
  return (request, response, next) => {
    const [route, query] = find(routes, request);
    if (route === undefined && next !== undefined) next();
    else void respond(request, response, route, query);
  };
}

function checkPaths(paths: Readonly<Record<'path' | 'recentErrorsPath', unknown>>): void {
  const faults = Object.entries(paths).flatMap(([name, value]) =>
    typeof value === 'string' && /^\/[^?#]*$/.test(value)
      ? []
      : [`${name} must be a path that starts with "/", such as "/metrics", got ${show(value)}`],
  );
  if (faults.length === 0 && paths.path === paths.recentErrorsPath) {
    faults.push(`path and recentErrorsPath must differ, got ${show(paths.path)} for both`);
  }
  if (faults.length > 0) {
    throw new TypeError(`metricsHandler got invalid options:\n- ${faults.join('\n- ')}`);
  }
}

/** Finds the route by the requested path, and by what a framework leaves of it. */
function find(
  routes: ReadonlyMap<string, Route>,
  { url = '/', baseUrl = '' }: Parameters<MetricsHandler>[0],
): readonly [Route | undefined, URLSearchParams] {
  const [path = '/', query] = url.split('?', 2);
  const whole = `${baseUrl}${path}`.replace(/\/$/, '');
  return [routes.get(path) ?? routes.get(whole), new URLSearchParams(query)];
}

async function respond(
  { method = 'GET' }: IncomingMessage,
  response: ServerResponse,
  route: Route | undefined,
  query: URLSearchParams,
): Promise<void> {
  const allowed = METHODS.includes(method);
  const { status, contentType, body } =
    route === undefined
      ? text(404, 'Not found')
      : allowed
        ? await route(query)
        : text(405, `Only ${METHODS.join(' and ')} are allowed`);
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: METHODS.join(', ') } : {}),
  });
  // Node sends no body to HEAD.
  response.end(body);
}

async function exposition(source: MetricsSource): Promise<Answer> {
  try {
    const body: unknown = await source.metrics();
    if (typeof body !== 'string') {
      warnOnce(source, `metrics() of the registry must resolve to a string, got ${show(body)}`);
      return text(500, 'The metrics could not be collected');
    }
    // The cluster registry of prom-client 15 claims OpenMetrics and prints the text format, which
    // Prometheus rejects: an OpenMetrics page must end with this line.
    const mistaken = isOpenMetrics(source) && !body.endsWith('# EOF\n');
    return { status: 200, contentType: mistaken ? PROMETHEUS_TEXT : source.contentType, body };
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    warnOnce(source, `A metric of the registry could not be collected: ${name}`);
    return text(500, 'The metrics could not be collected');
  }
}

function errorList(recentErrors: RecentErrors, query: URLSearchParams): Answer {
  const code = query.get('code');
  const since = query.get('since');
  const from = since === null ? undefined : Date.parse(since);
  if (Number.isNaN(from)) return text(400, 'since must be a date such as 2026-01-31T12:00:00Z');
  const errors = recentErrors.list({
    ...(code === null ? {} : { code }),
    ...(from === undefined ? {} : { since: from }),
  });
  const body = `${JSON.stringify({ errors, dropped: recentErrors.dropped })}\n`;
  return { status: 200, contentType: 'application/json; charset=utf-8', body };
}

function text(status: number, message: string): Answer {
  return { status, contentType: TEXT, body: `${message}\n` };
}
