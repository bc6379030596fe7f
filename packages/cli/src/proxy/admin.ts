import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type MetricsHandler, metricsHandler, type PromObserver } from '@defender-resilience/prom';
import { isAddress, isLoopback } from './address.ts';
import type { ProxySnapshot } from './proxy.ts';
import { refusal, sendOwn } from './refusal.ts';

/** The data that the administrative address serves. */
export interface AdminSource {
  readonly prom: PromObserver;
  readonly allowedHosts: ReadonlySet<string>;
  readonly snapshot: () => ProxySnapshot;
}

/** Serves `/metrics`, `/healthz`, `/readyz`, `/snapshot` and `/debug/defender/errors`. */
export function adminHandler(source: AdminSource): RequestListener {
  const { register, recentErrors } = source.prom;
  const metrics: MetricsHandler = metricsHandler(register, { recentErrors });
  return (request, response) => {
    const [path] = (request.url ?? '/').split('?', 1);
    if (!isKnownHost(request, source.allowedHosts)) {
      sendOwn(response, refusal(421, 'UnknownHost', 'This address does not serve this Host.'));
    } else if (path === '/healthz') {
      sendText(response, 200, 'ok\n');
    } else if (path === '/readyz') {
      const { state } = source.snapshot();
      sendText(response, state === 'ready' ? 200 : 503, `${state}\n`);
    } else if (path === '/snapshot') {
      send(
        response,
        200,
        'application/json; charset=utf-8',
        `${JSON.stringify(source.snapshot())}\n`,
      );
    } else {
      metrics(request, response);
    }
  };
}

/** A web page must not read tracking IDs through a host name of its own. */
function isKnownHost({ headers }: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  if (headers.host === undefined) return true;
  const name = headers.host.replace(/:\d+$/, '').toLowerCase();
  return isAddress(name) || isLoopback(name) || allowed.has(name);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain; charset=utf-8', text);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
