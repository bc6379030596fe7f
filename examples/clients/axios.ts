// axios, made resilient by one line. Runs on its own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/axios.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { startSimulator } from '@defender-resilience/simulator';
import axios, { isAxiosError } from 'axios';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({
  hosts: { [new URL(simulator.url).host]: 'all' },
  retry: { initialDelayMs: 20 },
});

// #region recipe
const client = wrapAxios(resilience, axios.create({ baseURL: `${simulator.url}/api` }));
// #endregion

simulator.script('InternalServerError', 503);
const { data } = await client.get<{ value: object[] }>('/incidents', { params: { $top: 3 } });
console.log(`${data.value.length} incidents, with ${simulator.requests.length} requests`);

// After the last retry it rejects with axios's own error, which carries the failure.
simulator.script('Forbidden');
try {
  await client.get('/incidents');
} catch (error) {
  const failure = failureOf(error);
  console.log(`${isAxiosError(error)}: ${failure?.code}, tracking ID ${failure?.trackingId}`);
}

await simulator.close();
