// undici's dispatcher, and with it the global fetch: makes code resilient that you cannot change. Runs on its own, against
// a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/undici.ts
import { classify, createResilience } from '@defender-resilience/core';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { startSimulator } from '@defender-resilience/simulator';
import { Agent, interceptors, setGlobalDispatcher } from 'undici';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({
  hosts: { [new URL(simulator.url).host]: 'all' },
  retry: { initialDelayMs: 20 },
});

// #region recipe
const { dns, redirect } = interceptors;
const agent = new Agent();
setGlobalDispatcher(
  agent.compose(dns(), undiciInterceptor(resilience), redirect({ maxRedirections: 3 })),
);
// #endregion

simulator.script('InternalServerError', 503);
const response = await fetch(`${simulator.url}/api/incidents?$top=3`);
const { value } = (await response.json()) as { value: object[] };
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// fetch makes a response of its own, so it has to be classified again.
simulator.script('Forbidden');
const refused = await fetch(`${simulator.url}/api/incidents`);
const { status, headers } = refused;
const failure = classify({ status, headers, body: await refused.text() });
console.log(`${status}: ${failure?.code}, tracking ID ${failure?.trackingId}`);

await agent.close();
await simulator.close();
