// The Microsoft Graph SDK, with the resilient middleware in place of its RetryHandler. Runs on its own, against a
// simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/graph.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { graphMiddlewareChain } from '@defender-resilience/core/graph';
import { startSimulator } from '@defender-resilience/simulator';
import { Client, GraphError, MiddlewareFactory } from '@microsoft/microsoft-graph-client';

const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({
  hosts: { [new URL(simulator.url).host]: 'all' },
  retry: { initialDelayMs: 20 },
});
// Yours gets a token, for example with @azure/identity. The SDK asks for one only on Graph's own hosts.
const authProvider = { getAccessToken: () => Promise.resolve('token') };

// #region recipe
const chain = MiddlewareFactory.getDefaultMiddlewareChain(authProvider);
const client = Client.initWithMiddleware({
  middleware: graphMiddlewareChain(resilience, chain),
  baseUrl: simulator.url,
});
// #endregion

simulator.script('InternalServerError', 503);
const { value } = (await client.api('/security/incidents').top(3).get()) as { value: object[] };
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// A gateway's HTML page, of which the SDK alone makes an empty error.
simulator.script({ action: 'html', status: 502, times: 4, headers: { 'request-id': 'b5f0c2d1' } });
try {
  await client.api('/security/incidents').get();
} catch (error) {
  const failure = failureOf(error);
  console.log(
    `${error instanceof GraphError}: ${failure?.code}, tracking ID ${failure?.trackingId}`,
  );
}

await simulator.close();
