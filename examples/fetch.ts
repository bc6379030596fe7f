// Plain fetch, with one line changed. Runs on its own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/fetch.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

// Stands in for https://api.security.microsoft.com; the first two responses are errors that pass.
const simulator = await startSimulator({
  script: ['InternalServerError', { status: 429, code: '429', retryAfter: 1 }],
});

// Before: the built-in fetch. Only the simulator needs `hosts`; Microsoft's hosts are known.
const { fetch } = createResilience({ hosts: { [new URL(simulator.url).host]: 'all' } });

const response = await fetch(`${simulator.url}/api/incidents?$top=3`);
const { value } = (await response.json()) as {
  value: { incidentId: number; incidentName: string }[];
};
for (const { incidentId, incidentName } of value) console.log(`${incidentId} ${incidentName}`);

const missing = await fetch(`${simulator.url}/api/incidents/1`);
const failure = failureOf(missing);
console.log(`\n${missing.status} ${failure?.code}, ${failure?.verdict}`);
console.log(`What to do: ${failure?.advice}`);
console.log(`${simulator.requests.length} requests were sent for 2 calls`);

await simulator.close();
