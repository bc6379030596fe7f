import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { type PromObserver, promObserver } from '../src/index.ts';
import { listen } from '../test/monitoring/lab/processes.ts';
import { call, failure } from '../test/support/drive.ts';

/** How large the measured installation is. */
export interface Size {
  readonly tenants: number;
  readonly operations: number;
}

/** How calls fail, where they do: half of the operations are refused, half meet an error of the server. */
const FAILURES = [failure('Forbidden', 403), failure('InternalServerError', 500)] as const;

const failingOf = (index: number): (typeof FAILURES)[number] => FAILURES[index % 2 === 0 ? 0 : 1];

/** Names by number, such as `tenant-007`. */
export const tenantName = (index: number): string => `tenant-${String(index).padStart(3, '0')}`;
export const operationName = (index: number): string => `things${index}.list`;
export const failingCode = (index: number): string => failingOf(index).code;

function callAll(observer: PromObserver, { operations }: Size, fails: boolean): void {
  for (let index = 0; index < operations; index += 1) {
    const operation = operationName(index);
    const start = { operation, circuit: `api.security.microsoft.com ${operation}` };
    call(observer, fails ? { start, failure: failingOf(index) } : { start });
  }
}

/** What Prometheus scrapes: a process for each tenant, all served by this one. */
export interface Clients extends AsyncDisposable {
  readonly scrapeConfig: object;
}

/** Starts processes in which every operation has failed once, and succeeds at each scrape. */
export async function startClients(size: Size): Promise<Clients> {
  const registries = new Map<string, { register: Registry; observer: PromObserver }>();
  for (let index = 0; index < size.tenants; index += 1) {
    const register = new Registry();
    const tenant = tenantName(index);
    const observer = promObserver({ register, constantLabels: { tenant }, exemplars: false });
    callAll(observer, size, true);
    callAll(observer, size, false);
    registries.set(tenant, { register, observer });
  }
  const server = createServer((request, response) => {
    const found = registries.get(request.url?.slice(1) ?? '');
    if (found === undefined) return response.writeHead(404).end();
    callAll(found.observer, size, false);
    return void found.register.metrics().then((text) => response.end(text));
  });
  const port = await listen(server);
  return {
    scrapeConfig: {
      job_name: 'connector',
      static_configs: [...registries.keys()].map((tenant) => ({
        targets: [`127.0.0.1:${port}`],
        labels: { __metrics_path__: `/${tenant}`, instance: `${tenant}:9464` },
      })),
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
