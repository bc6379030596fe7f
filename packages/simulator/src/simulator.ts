import { type Addresses, addressesOf } from './addresses.ts';
import { assertValid } from './check/check.ts';
import { faults, foreignLoad, outage, script } from './check/rules.ts';
import { Engine } from './engine.ts';
import type { FaultOptions, OutageOptions } from './faults.ts';
import { type SimulatorOptions, settingsOf } from './options.ts';
import type { QuotaUsage } from './quota/quotas.ts';
import type { ReceivedRequest, RequestFilter } from './record.ts';
import type { PendingStep, ScriptStep } from './script.ts';
import { serverFor } from './server.ts';

/** A running simulator: where to call it, what it received, and what it is to answer. */
export interface Simulator extends Addresses, AsyncDisposable {
  /**
   * What was received, in order; the control endpoints excepted. The first 100,000 are kept, and none
   * where `record` is `'counts'`: `count()` counts them all.
   */
  readonly requests: readonly ReceivedRequest[];
  /** The tracking IDs of all error answers, in order; the first 100,000. */
  readonly trackingIds: readonly string[];
  /** The scripted answers that no call has asked for yet. */
  readonly pendingScript: readonly PendingStep[];
  /** How many requests were received that match every field of `filter`. */
  count(filter?: RequestFilter): number;
  /**
   * Appends answers to the script: each call takes the first one that is meant for it.
   *
   * @throws RangeError that names every step that is not valid; none is then appended.
   */
  script(...steps: ScriptStep[]): void;
  /** Lets calls fail by chance from now on; undefined: no longer. */
  faults(options: FaultOptions | undefined): void;
  /**
   * Makes every call fail, until `end()` is called or `durationMs` have passed. A second outage takes
   * the place of the first.
   */
  outage(options?: OutageOptions): { end(): void };
  /** What became of the calls, by quota group and client; only of groups that have a quota. */
  quotaUsage(): readonly QuotaUsage[];
  /**
   * Lets another application take `share` (0 to 1) of a group's quota, with calls that are spread
   * evenly over time, until `end()` is called. Its calls count like the tenant's own: a window is full
   * of them only after it has passed, and free of them only after it has passed again.
   */
  foreignLoad(group: string, share: number): { end(): void };
  /** Ends every token that was issued until now: calls with one of them get 401. */
  expireTokens(): void;
  /**
   * Forgets requests, script, outage, quotas used, loads of other applications and changed data, and
   * goes back to the faults of the options. Tokens stay good, and tracking IDs unique.
   */
  reset(): void;
  /** @throws Error with a table of the scripted answers that nobody asked for. */
  assertScriptConsumed(): void;
  /**
   * Ends every connection and frees the port; a second call does nothing. `await using` does the same
   * at the end of its block.
   *
   * @throws Error when scripted answers were never asked for, unless `ignoreUnconsumed` is set.
   */
  close(options?: { readonly ignoreUnconsumed?: boolean }): Promise<void>;
}

/**
 * Starts a stand-in for Microsoft's Defender APIs on 127.0.0.1.
 *
 * @example
 * await using simulator = await startSimulator({ script: [500, 'TooManyRequests'] });
 * const response = await fetch(`${simulator.url}/api/incidents`);   // 500 InternalServerError
 *
 * @throws RangeError when options are not valid; the message names every such option, one a line.
 * @throws Error when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const engine = new Engine(settingsOf(options));
  const server = serverFor(engine);
  engine.listensAt(await server.listen({ port: engine.settings.port, host: '127.0.0.1' }));
  const stop = async (): Promise<void> => {
    engine.stop();
    await server.close();
  };
  return simulatorOf(engine, stop);
}

function simulatorOf(engine: Engine, stop: () => Promise<void>): Simulator {
  let closing: Promise<void> | undefined;
  const assertScriptConsumed = (): void => {
    const unconsumed = engine.script.unconsumed();
    if (unconsumed !== undefined) throw new Error(unconsumed);
  };
  const close: Simulator['close'] = async ({ ignoreUnconsumed = false } = {}) => {
    const isFirst = closing === undefined;
    closing ??= stop();
    await closing;
    if (isFirst && !ignoreUnconsumed) assertScriptConsumed();
  };
  return {
    ...addressesOf(engine.origin),
    get requests() {
      return engine.recorder.requests;
    },
    get trackingIds() {
      return engine.recorder.trackingIds;
    },
    get pendingScript() {
      return engine.script.pending;
    },
    ...commandsOf(engine),
    assertScriptConsumed,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

type Commands = Pick<
  Simulator,
  'count' | 'script' | 'faults' | 'outage' | 'quotaUsage' | 'foreignLoad' | 'expireTokens' | 'reset'
>;

function commandsOf(engine: Engine): Commands {
  return {
    count: (filter) => engine.recorder.count(filter),
    script: (...steps) => {
      assertValid(script, steps, 'script');
      engine.script.append(steps);
    },
    faults: (options) => {
      if (options !== undefined) assertValid(faults, options, 'faults');
      engine.setFaults(options);
    },
    outage: (options = {}) => {
      assertValid(outage, options, 'outage');
      return engine.outage(options);
    },
    quotaUsage: () => engine.quotaUsage(),
    foreignLoad: (group, share) => {
      assertValid(foreignLoad, { group, share }, 'foreignLoad');
      return engine.foreignLoad(group, share);
    },
    expireTokens: () => engine.tokens.expireAll(),
    reset: () => engine.reset(),
  };
}
