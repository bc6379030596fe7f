// A worker that ends on SIGTERM without losing active calls, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/shutdown/worker.ts
//
// Press Ctrl+C, or send it SIGTERM, as systemd, Docker and Kubernetes do.
import { ClosedError, createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

const simulator = await startSimulator({ faults: { probability: 0, latencyMs: 300 } });
const resilience = createResilience({ hosts: { [new URL(simulator.url).host]: 'all' } });
const url = `${simulator.url}/api/incidents?$top=1`;

// #region recipe
const stop = async (): Promise<void> => {
  console.log('stopping');
  // Refuses new calls, ends waits, and gives active calls 20 seconds.
  await resilience.close({ timeoutMs: 20_000 });
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

try {
  while (!resilience.snapshot().closed) {
    const response = await resilience.fetch(url);
    console.log(`incidents: ${response.status}`);
    await response.arrayBuffer();
  }
} catch (error) {
  // The call was waiting, or took too long. Anything else is a failure.
  if (!(error instanceof ClosedError)) throw error;
}
// Waits for calls, telemetry and the quota store to end.
await resilience.close();
// #endregion
console.log(`stopped, ${resilience.snapshot().inFlight} active calls`);
await simulator.close();
