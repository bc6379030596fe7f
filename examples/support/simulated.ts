import { type SimulatorOptions, startSimulator } from '@defender-resilience/simulator';
import { type Api, requestToken, type Tenant } from './tenant.ts';

/** A simulated tenant in this process. */
export interface SimulatedTenant extends Tenant {
  close(): Promise<void>;
}

/** Starts a simulated tenant that fails as the real services do, with short minutes. */
export async function simulatedTenant(
  { scope }: Api,
  options: SimulatorOptions = {},
): Promise<SimulatedTenant> {
  const minuteMs = 2_000;
  const today = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const { url, tokenUrl, close } = await startSimulator({
    // The same data all day, so that a stopped run can continue.
    newestAt: new Date(today),
    minuteMs,
    requireToken: true,
    tokenLifetimeMs: 1_500,
    faults: {
      probability: 0.15,
      codes: ['InternalServerError', 503, 'reset', 'reset-mid-body'],
      latencyMs: [20, 60],
    },
    ...options,
  });
  const app = { clientId: 'my-app', clientSecret: 'my-secret', scope };
  return {
    baseUrl: url,
    minuteMs,
    getToken: () => requestToken(tokenUrl, app),
    close: () => close({ ignoreUnconsumed: true }),
  };
}
