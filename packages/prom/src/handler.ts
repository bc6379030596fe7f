import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Resilience } from '@defender-resilience/core';
import { describe } from '@defender-resilience/core/validation';
import { isOpenMetrics } from './client.ts';
import {
  checkHandlerOptions,
  ERRORS_PATH,
  METRICS_PATH,
  type MetricsHandlerOptions,
  SNAPSHOT_PATH,
  withoutSlash,
} from './handler-options.ts';
import type { RecentErrors } from './recent-errors.ts';
import { nameOf, warnOnce } from './warn.ts';

/** The source of `metricsHandler`: a registry, or an object that combines several. */
export interface MetricsSource {
  /** The value of the header `Content-Type`. */
  readonly contentType: string;
  /** Resolves to the metrics as text. Called for each request. */
  metrics(): Promise<string>;
}

/**
 * A listener of `node:http`, or a handler for frameworks based on it. If it receives `next`, as from Express,
 * it calls that for other paths; otherwise it answers them with 404.
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
 * Creates a handler that serves `/metrics` to Prometheus, and the recent errors if you pass them. Answers 500
 * if the metrics cannot be collected.
 *
 * @param source - the registry, such as `observer.register`
 * @throws TypeError if the source is not a registry, or if options are invalid; the message says what
 * is expected
 *
 * @example
 * ```ts
 * const observer = promObserver();
 * const { register, recentErrors } = observer;
 *
 * createServer(metricsHandler(register, { recentErrors })).listen(9464, '127.0.0.1');
 * ```
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
  const routes = routesOf(source, options);
  return (request, response, next) => {
    const [route, query] = find(routes, request);
    if (route === undefined && next !== undefined) next();
    else void respond(request, response, route, query);
  };
}

function routesOf(
  source: MetricsSource,
  options: MetricsHandlerOptions,
): ReadonlyMap<string, Route> {
  checkHandlerOptions(options);
  const { path = METRICS_PATH, recentErrors, resilience } = options;
  const { recentErrorsPath = ERRORS_PATH, snapshotPath = SNAPSHOT_PATH } = options;
  const routes = new Map<string, Route>([[withoutSlash(path), () => exposition(source)]]);
  if (recentErrors !== undefined) {
    routes.set(withoutSlash(recentErrorsPath), (query) => errorList(recentErrors, query));
  }
  if (resilience !== undefined) {
    routes.set(withoutSlash(snapshotPath), () => snapshotOf(resilience, recentErrors));
  }
  return routes;
}

/** Finds the route by the request's path, or by the rest of it below a framework's mount point. */
function find(
  routes: ReadonlyMap<string, Route>,
  { url = '/', baseUrl = '' }: Parameters<MetricsHandler>[0],
): readonly [Route | undefined, URLSearchParams] {
  const [path = '/', query] = url.split('?', 2);
  const route = routes.get(withoutSlash(path)) ?? routes.get(withoutSlash(`${baseUrl}${path}`));
  return [route, new URLSearchParams(query)];
}

async function respond(
  { method = 'GET' }: IncomingMessage,
  response: ServerResponse,
  route: Route | undefined,
  query: URLSearchParams,
): Promise<void> {
  try {
    send(response, await answerTo(method, route, query));
  } catch (error) {
    // Nobody awaits this, so throwing here would end the process.
    warnOnce(route ?? respond, `metricsHandler could not answer a request: ${nameOf(error)}`);
    send(response, text(500, 'The request could not be answered'));
  }
}

function answerTo(
  method: string,
  route: Route | undefined,
  query: URLSearchParams,
): Promise<Answer> | Answer {
  if (route === undefined) return text(404, 'Not found');
  if (METHODS.includes(method)) return route(query);
  return text(405, `Only ${METHODS.join(' and ')} are allowed`);
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(status === 405 ? { Allow: METHODS.join(', ') } : {}),
  });
  // Node sends no body in response to HEAD.
  response.end(body);
}

async function exposition(source: MetricsSource): Promise<Answer> {
  let body: unknown;
  try {
    body = await source.metrics();
  } catch (error) {
    warnOnce(source, `A metric of the registry could not be collected: ${nameOf(error)}`);
    return text(500, 'The metrics could not be collected');
  }
  if (typeof body !== 'string') {
    warnOnce(source, `metrics() of the registry must resolve to a string, got ${describe(body)}`);
    return text(500, 'The metrics could not be collected: the registry returned no text');
  }
  // The cluster registry of prom-client 15 claims OpenMetrics and prints the text format. Prometheus
  // rejects an OpenMetrics page without this last line.
  const isMislabelled = isOpenMetrics(source) && !body.endsWith('# EOF\n');
  return { status: 200, contentType: isMislabelled ? PROMETHEUS_TEXT : source.contentType, body };
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
  return json({ errors, dropped: recentErrors.dropped });
}

function snapshotOf(
  resilience: Pick<Resilience, 'snapshot'>,
  recentErrors: RecentErrors | undefined,
): Answer {
  const errors = recentErrors?.list() ?? [];
  return json({ time: new Date().toISOString(), resilience: resilience.snapshot(), errors });
}

function json(value: object): Answer {
  const contentType = 'application/json; charset=utf-8';
  return { status: 200, contentType, body: `${JSON.stringify(value)}\n` };
}

function text(status: number, message: string): Answer {
  return { status, contentType: TEXT, body: `${message}\n` };
}
