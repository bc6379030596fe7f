// A call that can never succeed is not retried: the program stops at the first Forbidden and says what to do. Runs on its
// own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/fail-fast.ts
import { createResilience, DefenderApiError } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

const simulator = await startSimulator({
  script: [
    200,
    {
      code: 'Forbidden',
      message:
        'Missing application roles. API required roles: Machine.Read.All,Machine.ReadWrite.All, application roles: Alert.Read.All.',
    },
  ],
});

// With `throwHttpErrors: true` an HTTP error rejects, so no response needs a check.
const { fetch } = createResilience({
  throwHttpErrors: true,
  hosts: { [new URL(simulator.url).host]: 'all' },
});

try {
  for (const path of ['/api/alerts?$top=1', '/api/machines?$top=1', '/api/incidents?$top=1']) {
    const { status } = await fetch(`${simulator.url}${path}`);
    console.log(`${path}: ${status}`);
  }
} catch (error) {
  if (!(error instanceof DefenderApiError)) throw error;
  const { code, failure } = error;
  console.log(`Stopped: ${error.message}`);
  if (code === 'Forbidden') {
    console.log(`The app needs one of: ${String(failure.values?.['required'])}`);
    console.log(`It has: ${String(failure.values?.['present'])}`);
  }
}
console.log(`${simulator.requests.length} requests were sent`);

await simulator.close();
