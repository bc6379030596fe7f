// ky, with its own retries off. Runs on its own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/ky.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import ky, { HTTPError } from 'ky';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({
  hosts: { [new URL(simulator.url).host]: 'all' },
  retry: { initialDelayMs: 20 },
  circuit: false,
});

// #region recipe
const client = ky.create({
  prefix: simulator.url,
  fetch: resilience.wrapFetch(fetch, { bufferJson: true }),
  retry: 0,
  // ky's own time limit would include the waits between attempts; the wrapper has its own limits.
  timeout: false,
});
// #endregion

simulator.script('InternalServerError', 503);
const { value } = await client.get('api/incidents?$top=3').json<{ value: object[] }>();
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// After the last retry it rejects with ky's own error, which carries the failure.
simulator.script(500, 500, 500, 500);
try {
  await client.get('api/incidents').json();
} catch (error) {
  const failure = failureOf(error);
  console.log(
    `${error instanceof HTTPError}: ${failure?.code}, tracking ID ${failure?.trackingId}`,
  );
}

// What to avoid: with ky's retries left on, each of its three attempts is four requests.
simulator.reset();
simulator.script({ status: 500, times: 'always' });
const stacked = client.extend({ retry: { limit: 2, delay: () => 0 } });
await stacked.get('api/incidents').catch(() => undefined);
console.log(`stacked: ${simulator.requests.length} requests for one call`);

await simulator.close();
