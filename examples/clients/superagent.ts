// superagent, whose retries are off unless `.retry()` is called. Runs on its own, against a simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/superagent.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import superagent, { type Request, type Response } from 'superagent';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const resilience = createResilience({ retry: { initialDelayMs: 20 }, circuit: false });

// #region recipe
/**
 * Sends what `build` returns. Builds it again for each attempt, because superagent can send a request only once.
 * `operation` is a name from the operations table, which says what may be sent twice.
 */
function send(operation: string, build: () => Request, signal?: AbortSignal): Promise<Response> {
  const attempt = async (ended: AbortSignal): Promise<Response> => {
    const request = build();
    ended.addEventListener('abort', () => void request.abort(), { once: true });
    return request;
  };
  return resilience.execute(operation, (context) => attempt(context.signal), {
    host: new URL(simulator.url).host,
    ...(signal && { signal }),
  });
}
// #endregion

simulator.script('InternalServerError', 503);
const { body } = await send('incidents.list', () =>
  superagent.get(`${simulator.url}/api/incidents?$top=3`),
);
const { value } = body as { value: object[] };
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// After the last retry it rejects with superagent's own error, which carries the failure.
simulator.script(500, 500, 500, 500);
try {
  await send('incidents.list', () => superagent.get(`${simulator.url}/api/incidents`));
} catch (error) {
  const failure = failureOf(error);
  const own = error instanceof Error && 'response' in error;
  console.log(`${own}: ${failure?.code}, tracking ID ${failure?.trackingId}`);
}

// What to avoid: with superagent's retries on, each of the four attempts is three requests.
simulator.reset();
simulator.script({ status: 500, times: 'always' });
const build = (): Request => superagent.get(`${simulator.url}/api/incidents`).retry(2);
await send('incidents.list', build).catch(() => undefined);
console.log(`stacked: ${simulator.requests.length} requests for one call`);

await simulator.close();
