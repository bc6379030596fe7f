import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsHandler, type PromObserver, promObserver } from '@defender-resilience/prom';
import { type OpenMetricsContentType, Registry } from 'prom-client';

/** The demo's `/metrics` endpoint, which Prometheus can scrape while the demo runs. */
export interface Metrics {
  readonly url: string;
  readonly observer: PromObserver;
  /** The samples above zero, with their exemplars. */
  scrape(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function serveMetrics(port: number): Promise<Metrics> {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const observer = promObserver({ register });
  const server = createServer(metricsHandler(register, { recentErrors: observer.recentErrors }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}/metrics`,
    observer,
    async scrape() {
      const lines = (await register.metrics()).split('\n');
      return lines.filter(
        (line) => !line.startsWith('#') && !/_bucket\{/.test(line) && /\} (?!0( |$))/.test(line),
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
