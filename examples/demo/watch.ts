import { createResilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import type { Metrics } from './metrics.ts';
import { program } from './program.ts';

const ignore = (): undefined => undefined;

/** Keeps calling, with one answer in ten failing, until SIGINT or SIGTERM. */
export async function keepCalling({ observer, url }: Metrics): Promise<void> {
  const simulator = await startSimulator({
    quotas: 'off',
    record: 'counts',
    faults: {
      probability: 0.1,
      codes: [
        'InternalServerError',
        'Forbidden',
        'DisabledFeature',
        'NotFound',
        { status: 429, code: '429', retryAfter: 1 },
      ],
      latencyMs: [20, 200],
    },
  });
  const { fetch } = createResilience({
    hosts: { [new URL(simulator.url).host]: 'all' },
    observers: [observer],
  });
  const calls = program({ fetch, baseUrl: simulator.url, token: 'demo' });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  console.log(`Still calling, so that Prometheus can scrape\n${url}\nStop with Ctrl+C.`);
  const kinds = [
    calls.listIncidents,
    calls.listMachines,
    calls.listAlerts,
    () => calls.getIncident(10_001),
  ];
  for (let call = 0; !stop.signal.aborted; call += 1) {
    void kinds[call % kinds.length]?.().catch(ignore);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await simulator.close({ ignoreUnconsumed: true });
}
