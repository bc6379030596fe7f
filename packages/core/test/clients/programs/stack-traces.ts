// Prints, for each client, bare and wrapped, whether the stack of the error in each attempt names the function
// that made the call. Run by stack-traces.test.ts, since the stack depends on Node's version.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { graphMiddleware } from '@defender-resilience/core/graph';
import { kiotaMiddleware } from '@defender-resilience/core/kiota';
import { HttpClient } from '@microsoft/kiota-http-fetchlibrary';
import { Client, type Middleware } from '@microsoft/microsoft-graph-client';
import axios from 'axios';

const URL = 'https://api.security.microsoft.com/api/incidents';
const resilience = createResilience({ retry: { maxRetries: 1, initialDelayMs: 1 } });

// The chains of handlers are long.
Error.stackTraceLimit = 100;

let stacks: string[] = [];

/** Fails as a network does: later, and each time with an error of its own. */
async function fail(): Promise<never> {
  await nextTurn();
  const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  stacks.push(error.stack ?? '');
  throw error;
}

const failingGraph = (): Middleware => ({ execute: fail });
const failingKiota = (): object => ({ next: undefined, execute: fail });

function graph(...handlers: readonly Middleware[]): () => Promise<unknown> {
  const [first, last] = handlers;
  if (last !== undefined) first?.setNext?.(last);
  const client = Client.initWithMiddleware({ middleware: first ?? failingGraph() });
  return () => client.api(URL).get();
}

function kiota(...handlers: readonly object[]): () => Promise<unknown> {
  const client = new HttpClient(undefined, ...(handlers as never[]));
  return () => client.executeFetch(URL, { method: 'GET' });
}

const plainAxios = axios.create({ adapter: fail });
const wrappedAxios = wrapAxios(resilience, axios.create({ adapter: fail }));

const clients: Readonly<Record<string, readonly [bare: () => unknown, wrapped: () => unknown]>> = {
  fetch: [fail, () => resilience.wrapFetch(fail)(URL)],
  execute: [fail, () => resilience.execute('incidents.list', fail)],
  wrap: [fail, resilience.wrap('incidents.list', fail)],
  graph: [graph(failingGraph()), graph(graphMiddleware(resilience), failingGraph())],
  kiota: [kiota(failingKiota()), kiota(kiotaMiddleware(resilience), failingKiota())],
  axios: [() => plainAxios.get(URL), () => wrappedAxios.get(URL)],
};

async function theCaller(call: () => unknown): Promise<readonly boolean[]> {
  stacks = [];
  try {
    await call();
  } catch {
    return stacks.map((stack) => stack.includes('theCaller'));
  }
  throw new Error('The call did not fail');
}

const named: Record<string, object> = {};
for (const [name, [bare, wrapped]] of Object.entries(clients)) {
  named[name] = { bare: await theCaller(bare), wrapped: await theCaller(wrapped) };
}
process.stdout.write(JSON.stringify(named));
