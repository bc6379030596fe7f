// A service in Kubernetes that shuts down without failing active requests, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/shutdown/server.ts
//
// GET / asks the API, GET /ready is the readiness probe. Send SIGTERM to end it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

const simulator = await startSimulator({ faults: { probability: 0, latencyMs: 300 } });
const resilience = createResilience({ hosts: { [new URL(simulator.url).host]: 'all' } });
const api = `${simulator.url}/api/incidents?$top=1`;

// #region recipe
async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/ready') {
    response.writeHead(resilience.snapshot().closed ? 503 : 200).end();
    return;
  }
  try {
    const answer = await resilience.fetch(api);
    response.writeHead(answer.status).end(await answer.text());
  } catch (error) {
    response.writeHead(503).end(failureOf(error)?.code);
  }
}

const server = createServer((request, response) => void handle(request, response));

async function stop(): Promise<void> {
  // Accepts no new connections. Active requests have 15 seconds to finish their calls.
  server.close();
  await resilience.close({ timeoutMs: 15_000 });
  server.closeIdleConnections();
}
process.once('SIGTERM', () => void stop());
// #endregion

server.on('close', () => void simulator.close());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`listening on http://127.0.0.1:${port}`);
});
