import { checkValue } from '@defender-resilience/core/validation';
import { type Addresses, addressesOf } from './addresses.ts';
import type { FaultOptions, OutageOptions } from './faults.ts';
import type { HuntingResults } from './hunting/tables.ts';
import { type SimulatorOptions, settingsOf } from './options.ts';
import type { QuotaUsage } from './quota/quotas.ts';
import type { ReceivedRequest, RequestFilter } from './record.ts';
import type { PendingStep, ScriptStep } from './script.ts';
import { serverFor } from './server.ts';
import { SimulatedApi } from './simulated-api.ts';
import { faults, foreignLoad, hunting, outage, script } from './validation/schemas.ts';

/** A running simulator: its addresses, the requests that it received, and control of its answers. */
export interface Simulator extends Addresses, AsyncDisposable {
  /**
   * The requests in order of arrival, without those to the control endpoints. The first 100,000 are kept, and
   * none with `record: 'counts'`; `count()` counts all of them.
   */
  readonly requests: readonly ReceivedRequest[];
  /** The tracking IDs of all error answers, in order; the first 100,000. */
  readonly trackingIds: readonly string[];
  /** The scripted answers that are not used up. */
  readonly pendingScript: readonly PendingStep[];
  /** How many requests were received that match every field of `filter`. */
  count(filter?: RequestFilter): number;
  /**
   * Appends answers to the script. Each call takes the first one that applies to it.
   *
   * @throws TypeError that names every invalid step; then none is appended
   */
  script(...steps: ScriptStep[]): void;
  /**
   * Sets the rows that hunting queries return, by the table that a query begins with. Other tables keep theirs;
   * undefined restores the tables of the options.
   *
   * @throws TypeError that names everything invalid; then nothing is set
   */
  hunting(results: HuntingResults | undefined): void;
  /**
   * Makes calls fail at random from now on; undefined ends it.
   *
   * @throws TypeError that names everything that is invalid; nothing changes then.
   */
  faults(options: FaultOptions | undefined): void;
  /**
   * Makes every call fail until `end()` is called or `durationMs` has passed. A second outage replaces the
   * first.
   *
   * @throws TypeError that names everything that is invalid; nothing changes then.
   */
  outage(options?: OutageOptions): { end(): void };
  /** The quotas in use and the calls that they allowed and refused, by quota group and client. */
  quotaUsage(): readonly QuotaUsage[];
  /**
   * Makes another application use `share` (0 to 1) of a group's quota until `end()` is called. Its calls are
   * spread evenly over time and count like the tenant's own: they take the length of a window to fill their
   * share of it, and as long again to leave it.
   *
   * @throws TypeError for an unknown group or an invalid share; then nothing changes
   */
  foreignLoad(group: string, share: number): { end(): void };
  /** Expires every token that was issued so far: calls with one of them get 401. */
  expireTokens(): void;
  /**
   * Discards requests, script, outage, used quotas, other applications' load and changed data, and restores the
   * faults and hunting tables of the options. Tokens stay valid and tracking IDs unique.
   */
  reset(): void;
  /** @throws Error with a table of the scripted answers that no call has used */
  assertScriptConsumed(): void;
  /**
   * Ends every connection and frees the port. A second call does nothing.
   *
   * @throws Error if scripted answers were never used, unless `ignoreUnconsumed` is true
   */
  close(options?: { readonly ignoreUnconsumed?: boolean }): Promise<void>;
}

/**
 * Starts a stand-in for Microsoft's Defender APIs on 127.0.0.1.
 *
 * @example
 * const simulator = await startSimulator({ script: [500, 'TooManyRequests'] });
 * try {
 *   const response = await fetch(`${simulator.url}/api/incidents`); // 500 InternalServerError
 * } finally {
 *   await simulator.close({ ignoreUnconsumed: true });
 * }
 *
 * @throws TypeError for invalid options; the message names each of them on its own line
 * @throws Error if the port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const api = new SimulatedApi(settingsOf(options));
  const server = serverFor(api);
  api.listensAt(await server.listen({ port: api.settings.port, host: '127.0.0.1' }));
  const stop = async (): Promise<void> => {
    api.stop();
    await server.close();
  };
  return simulatorOf(api, stop);
}

function simulatorOf(api: SimulatedApi, stop: () => Promise<void>): Simulator {
  let closing: Promise<void> | undefined;
  const assertScriptConsumed = (): void => {
    const unconsumed = api.script.unconsumed();
    if (unconsumed !== undefined) throw new Error(unconsumed);
  };
  const close: Simulator['close'] = async ({ ignoreUnconsumed = false } = {}) => {
    const isFirst = closing === undefined;
    closing ??= stop();
    await closing;
    if (isFirst && !ignoreUnconsumed) assertScriptConsumed();
  };
  return {
    ...addressesOf(api.origin),
    get requests() {
      return api.recorder.requests;
    },
    get trackingIds() {
      return api.recorder.trackingIds;
    },
    get pendingScript() {
      return api.script.pending;
    },
    ...commandsOf(api),
    assertScriptConsumed,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

type Commands = Pick<
  Simulator,
  | 'count'
  | 'script'
  | 'hunting'
  | 'faults'
  | 'outage'
  | 'quotaUsage'
  | 'foreignLoad'
  | 'expireTokens'
  | 'reset'
>;

function commandsOf(api: SimulatedApi): Commands {
  return {
    count: (filter) => api.recorder.count(filter),
    script: (...steps) => {
      checkValue('script', 'script', script, steps);
      api.script.append(steps);
    },
    hunting: (results) => {
      if (results !== undefined) checkValue('hunting', 'hunting', hunting, results);
      api.setHunting(results);
    },
    faults: (options) => {
      if (options !== undefined) checkValue('faults', 'faults', faults, options);
      api.setFaults(options);
    },
    outage: (options = {}) => {
      checkValue('outage', 'outage', outage, options);
      return api.outage(options);
    },
    quotaUsage: () => api.quotaUsage(),
    foreignLoad: (group, share) => {
      checkValue('foreignLoad', 'foreignLoad', foreignLoad, { group, share });
      return api.foreignLoad(group, share);
    },
    expireTokens: () => api.tokens.expireAll(),
    reset: () => api.reset(),
  };
}
