import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { metricsHandler, promObserver } from '@defender-resilience/prom';
import { startSimulator } from '@defender-resilience/simulator';
import { Registry } from 'prom-client';

// With this type, the metrics carry tracking IDs of single calls.
const register = new Registry();
register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);

const observer = promObserver({ register });
const { fetch } = createResilience({ hosts: { '127.0.0.1': 'all' }, observers: [observer] });
createServer(metricsHandler(register, { recentErrors: observer.recentErrors })).listen(9464);

// After five calls, the app loses its permission.
const simulator = await startSimulator();
for (let call = 1; ; call += 1) {
  if (call > 5) simulator.script('Forbidden');
  const response = await fetch(`${simulator.url}/api/incidents?$top=1`);
  await response.arrayBuffer();
  await setTimeout(1_500);
}
