import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

// Stands in for https://api.security.microsoft.com. It fails twice, answers, and then refuses.
const simulator = await startSimulator({
  script: ['InternalServerError', { status: 429, retryAfter: 1 }, 200, 'Forbidden'],
});

// Microsoft's hosts are known; the simulator's must be named.
const { fetch } = createResilience({ hosts: { '127.0.0.1': 'all' } });

const incidents = await fetch(`${simulator.url}/api/incidents?$top=3`);
console.log(`incidents: ${incidents.status}, after ${simulator.requests.length} requests`);

const machines = await fetch(`${simulator.url}/api/machines`);
const failure = failureOf(machines);
console.log(`machines: ${machines.status} ${failure.code}, tracking ID ${failure.trackingId}`);
console.log(failure.advice);

await simulator.close();
