import { createResilience, logObserver } from '@defender-resilience/core';
import type { Tenant } from '../support/tenant.ts';
import { Journal } from './journal.ts';
import type { Metrics } from './metrics.ts';
import { program } from './program.ts';
import { Progress } from './progress.ts';
import { adviceReport, callTable } from './report.ts';

/** Makes read-only calls to a real tenant; true when all of them succeeded. */
export async function runTenant(
  { baseUrl, getToken }: Tenant,
  { observer }: Metrics,
): Promise<boolean> {
  console.log(`Read-only calls to ${new URL(baseUrl).host}\n`);
  const journal = new Journal();
  const { fetch } = createResilience({
    refreshToken: getToken,
    hosts: { [new URL(baseUrl).host]: 'all' },
    observers: [journal.observer, observer, logObserver()],
  });
  const calls = program({ fetch, baseUrl, token: await getToken() });
  for (const [title, run] of [
    ['incidents', calls.listIncidents],
    ['alerts', calls.listAlerts],
    ['machines', calls.listMachines],
  ] as const) {
    const progress = new Progress(`list ${title}`);
    const fault = await run().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    progress.end(fault === undefined ? [] : [fault]);
  }
  console.log(`\n${callTable(journal.entries)}\n\n${adviceReport(journal.entries)}\n`);
  return journal.entries.every(({ outcome }) => outcome === 'success');
}
