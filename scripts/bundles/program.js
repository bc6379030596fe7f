// What each bundle contains: core's main entry as a user's program has it.
import { classify, createResilience, failureOf } from '@defender-resilience/core';

/** Makes a call that fails once, and explains another's failure. */
export async function check(url) {
  const resilience = createResilience({ retry: { initialDelayMs: 1 } });
  const fetch = resilience.wrapFetch((...args) => globalThis.fetch(...args));
  const recovered = await fetch(`${url}/fails-once/${Math.random()}`);
  const refused = await fetch(`${url}/refuses`);
  const answer = await resilience.execute('incidents.get', async () => recovered.text());
  return {
    status: recovered.status,
    answer,
    code: failureOf(refused)?.code,
    verdict: classify({ status: 429 })?.verdict,
  };
}
