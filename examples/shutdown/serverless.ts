// A serverless function, with the signature of AWS Lambda, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/shutdown/serverless.ts
//
// Two invocations: one that the API answers, and one that has too little time for its retries.
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

const simulator = await startSimulator({
  script: [200, { status: 503, headers: { 'retry-after': '2' }, times: 'always' }],
});
const url = `${simulator.url}/api/incidents?$top=1`;
const hosts = { [new URL(simulator.url).host]: 'all' } as const;

interface Context {
  getRemainingTimeInMillis(): number;
}

// #region recipe
// Outside the handler, so that circuits, pauses and learned quotas outlive an invocation.
const resilience = createResilience({ hosts });

async function handler(_event: unknown, context: Context): Promise<string> {
  // The platform kills a function that runs out of time. End before that, and say why.
  const deadlineMs = Math.max(context.getRemainingTimeInMillis() - 500, 1);
  const call = resilience.execute('incidents.list', ({ signal }) => fetch(url, { signal }), {
    deadlineMs,
  });
  const response = await call;
  return failureOf(response)?.code ?? `status ${response.status}`;
}

// Lambda sends it if an extension is registered, and then allows little time.
process.once('SIGTERM', () => void resilience.close({ timeoutMs: 200, flushTimeoutMs: 200 }));
// #endregion

const startedAt = Date.now();
console.log(`first: ${await handler({}, { getRemainingTimeInMillis: () => 3_000 })}`);
console.log(`second: ${await handler({}, { getRemainingTimeInMillis: () => 2_000 })}`);
console.log(`in time: ${Date.now() - startedAt < 2_000}`);

process.kill(process.pid, 'SIGTERM');
while (!resilience.snapshot().closed) await new Promise(setImmediate);
console.log('closed');
await simulator.close({ ignoreUnconsumed: true });
