// A program that polls the incidents of three tenants, with both plugins. A process of its own, so that a test
// can end it and start it again: node tenant-program.ts PORT POLL_MS FIRST_CALLS TENANT=URL…
import { createServer } from 'node:http';
import { createResilience } from '@defender-resilience/core';
import { type OpenMetricsContentType, Registry } from 'prom-client';
import { otelObserver } from '../../../../otel/src/index.ts';
import { newestSdk } from '../../../../otel/test/support/sdks.ts';
import { metricsHandler, promObserver, type RecentErrors } from '../../../src/index.ts';
import { translated } from './history/otlp-names.ts';

const [port = '', pollMs = '', firstCalls = '', ...tenants] = process.argv.slice(2);
const register = new Registry<OpenMetricsContentType>();
register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
const { meterProvider, metrics } = newestSdk.create();
const lists: RecentErrors[] = [];

/** What Prometheus would have of the OpenTelemetry metrics through OTLP. */
async function otlpText(): Promise<string> {
  const samples = translated(await metrics());
  const lines = samples.map(({ labels: { __name__: name, ...labels }, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}{${pairs.join(',')}} ${value}`;
  });
  return `${lines.join('\n')}\n`;
}

function startTenant(tenant: string, url: string): void {
  const prom = promObserver({ register, constantLabels: { tenant } });
  lists.push(prom.recentErrors);
  const otel = otelObserver({ meterProvider, constantAttributes: { tenant } });
  const { wrapFetch } = createResilience({ observers: [prom, otel] });
  const call = wrapFetch((input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    return fetch(`${url}${pathname}${search}`, init);
  });
  const poll = async (): Promise<void> => {
    const response = await call('https://api.security.microsoft.com/api/incidents');
    await response.arrayBuffer();
  };
  const start = async (): Promise<void> => {
    for (let count = 0; count < Number(firstCalls); count += 1) await poll();
    setInterval(() => void poll(), Number(pollMs));
  };
  void start();
}

const recentErrors: RecentErrors = {
  dropped: 0,
  list: (query) => lists.flatMap((list) => list.list(query)),
};
const serveMetrics = metricsHandler(register, { recentErrors });
const scraped = new Set<string>();

/** Starts the calls once both kinds of metrics were scraped: what was counted before is not an increase. */
function noteScrape(path: string): void {
  if (scraped.has(path)) return;
  scraped.add(path);
  if (!scraped.has('/metrics') || !scraped.has('/otlp')) return;
  for (const text of tenants) {
    const [tenant = '', url = ''] = text.split('=');
    startTenant(tenant, url);
  }
}

createServer((request, response) => {
  response.once('finish', () => noteScrape(request.url ?? ''));
  if (request.url !== '/otlp') return serveMetrics(request, response);
  void otlpText().then((text) => response.setHeader('content-type', 'text/plain').end(text));
}).listen(Number(port), '127.0.0.1');
