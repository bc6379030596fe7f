import { ClientSecretCredential } from '@azure/identity';
import { createResilience, logObserver } from '@defender-resilience/core';
import { Journal } from './journal.ts';
import type { Metrics } from './metrics.ts';
import { program } from './program.ts';
import { Progress } from './progress.ts';
import { callReport } from './report.ts';

const SCOPE = 'https://api.security.microsoft.com/.default';

/** Where a real tenant is, and how to get a token for it. */
export interface Tenant {
  readonly baseUrl: string;
  getToken(): Promise<string>;
}

/**
 * The tenant that the environment names: `DEFENDER_BASE_URL` with `DEFENDER_TOKEN`, or with an Entra
 * app in `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`. Undefined when it names none.
 *
 * @throws Error when it names a half
 */
export function tenantFrom(env: NodeJS.ProcessEnv): Tenant | undefined {
  const {
    DEFENDER_BASE_URL,
    DEFENDER_TOKEN,
    AZURE_TENANT_ID,
    AZURE_CLIENT_ID,
    AZURE_CLIENT_SECRET,
  } = env;
  if (DEFENDER_BASE_URL === undefined) {
    if (DEFENDER_TOKEN === undefined) return undefined;
    throw new Error(
      'DEFENDER_TOKEN is set, but DEFENDER_BASE_URL is not. Set it to https://api.security.microsoft.com, or to your region’s host.',
    );
  }
  if (!URL.canParse(DEFENDER_BASE_URL)) {
    throw new Error(
      'DEFENDER_BASE_URL is no URL. Set it to https://api.security.microsoft.com, or to your region’s host.',
    );
  }
  const baseUrl = DEFENDER_BASE_URL.replace(/\/+$/, '');
  if (DEFENDER_TOKEN !== undefined)
    return { baseUrl, getToken: () => Promise.resolve(DEFENDER_TOKEN) };
  if (
    AZURE_TENANT_ID === undefined ||
    AZURE_CLIENT_ID === undefined ||
    AZURE_CLIENT_SECRET === undefined
  ) {
    throw new Error(
      'DEFENDER_BASE_URL is set, but there is no way to get a token. Set DEFENDER_TOKEN, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
    );
  }
  const credential = new ClientSecretCredential(
    AZURE_TENANT_ID,
    AZURE_CLIENT_ID,
    AZURE_CLIENT_SECRET,
  );
  return { baseUrl, getToken: async () => (await credential.getToken(SCOPE)).token };
}

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
  console.log(`\n${callReport(journal.entries)}\n`);
  return journal.entries.every(({ outcome }) => outcome === 'success');
}
