import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecentErrors } from './recent-errors.ts';
import { isOpenMetrics } from './registry.ts';
import { warnOnce } from './warn.ts';

/** What is served: a registry, or whatever puts several together, such as those of a cluster. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** What `metricsHandler` serves beside the metrics. */
export interface MetricsHandlerOptions {
  /** @defaultValue `'/metrics'` */
  readonly path?: string;
  /**
   * Serves an observer's last errors as JSON, with their tracking IDs: for your own network alone.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /** @defaultValue `'/debug/defender/errors'` */
  readonly recentErrorsPath?: string;
}

/**
 * A listener of `node:http`, or a handler of the frameworks that are built on it. With `next`, as
 * express gives it, it leaves other paths to it; without, it answers them with 404.
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
 * Makes a handler that serves `/metrics`.
 *
 * @param source - the registry, `observer.register`
 * @throws TypeError when it is given something else
 */
export function metricsHandler(
  source: MetricsSource,
  options: MetricsHandlerOptions = {},
): MetricsHandler {
  if (typeof source?.metrics !== 'function' || typeof source.contentType !== 'string') {
    throw new TypeError(
      'metricsHandler takes a registry: something with contentType and metrics()',
    );
  }
  const { path = '/metrics', recentErrorsPath = '/debug/defender/errors', recentErrors } = options;
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

/** Finds the route by the path as it is asked for, and by the rest of it that a framework leaves. */
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
    const body = await source.metrics();
    // The cluster registry of prom-client 15 says OpenMetrics and prints the text format, which
    // Prometheus refuses: an OpenMetrics page must end with this line.
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
