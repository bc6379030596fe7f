// got, with its own retries off. Runs on its own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/got.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import got, { HTTPError } from 'got';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({ retry: { initialDelayMs: 20 }, circuit: false });

// #region recipe
const client = got.extend({ prefixUrl: simulator.url, retry: { limit: 0 } });

/** `operation` is a name from the operations table, which says what may be sent twice. */
function get<T>(operation: string, path: string, signal?: AbortSignal): Promise<T> {
  return resilience.execute(
    operation,
    (attempt) => client.get(path, { signal: attempt.signal }).json<T>(),
    { host: new URL(simulator.url).host, ...(signal && { signal }) },
  );
}
// #endregion

simulator.script('InternalServerError', 503);
const { value } = await get<{ value: object[] }>('incidents.list', 'api/incidents?$top=3');
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// After the last retry it rejects with got's own error, which carries the failure.
simulator.script(500, 500, 500, 500);
try {
  await get('incidents.list', 'api/incidents');
} catch (error) {
  const failure = failureOf(error);
  console.log(
    `${error instanceof HTTPError}: ${failure?.code}, tracking ID ${failure?.trackingId}`,
  );
}

// What to avoid: with got's retries left on, each of the four attempts is three requests.
simulator.reset();
simulator.script({ status: 500, times: 'always' });
const own = client.extend({ retry: { limit: 2, backoffLimit: 1 } });
await resilience.execute('incidents.list', () => own.get('api/incidents')).catch(() => undefined);
console.log(`stacked: ${simulator.requests.length} requests for one call`);

await simulator.close();
