import type { Clock, Quota } from '@defender-resilience/core';
import type { FaultOptions } from './faults.ts';
import type { QuotaOption } from './quotas.ts';
import type { ScriptStep } from './script.ts';

/** How a simulator is started; every option has a default. */
export interface SimulatorOptions {
  /** The port to listen on; 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
  /** Makes data, tracking IDs and faults the same at every start. @defaultValue 1 */
  readonly seed?: number;
  /** The first answers, in order. @defaultValue none: everything is answered normally */
  readonly script?: readonly ScriptStep[];
  /**
   * `'documented'`: Microsoft's limits; `'off'`: none; or limits by quota group, where groups that
   * are not named have none. @defaultValue `'documented'`
   */
  readonly quotas?: QuotaOption;
  /** Faults by chance. @defaultValue none */
  readonly faults?: FaultOptions;
  /** How long a quota's minute lasts, in milliseconds; its hour is 60 of them. @defaultValue 60,000 */
  readonly minuteMs?: number;
  /** How many incidents there are. @defaultValue 250 */
  readonly incidents?: number;
  /** Whether calls need a live token of the simulator's own token endpoint. @defaultValue false */
  readonly requireToken?: boolean;
  /** How long a token lives, in milliseconds. @defaultValue 3,599,000, as the real ones do */
  readonly tokenLifetimeMs?: number;
  /** When the newest incident was last updated. @defaultValue 2026-01-31T12:00:00Z */
  readonly newestAt?: Date;
  /** Where the simulator's time comes from. @defaultValue the real time */
  readonly clock?: Clock;
}

/** The options with every default filled in. */
export interface Settings {
  readonly port: number;
  readonly seed: number;
  readonly script: readonly ScriptStep[];
  readonly quotas: QuotaOption;
  readonly faults: FaultOptions | undefined;
  readonly minuteMs: number;
  readonly incidents: number;
  readonly requireToken: boolean;
  readonly tokenLifetimeMs: number;
  readonly newestAt: number;
  readonly clock: Clock;
}

const realClock: Clock = Object.freeze({
  now: () => performance.now(),
  epoch: () => Date.now(),
  timer(callback: () => void, delayMs: number) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
});

/** Fills in the defaults. */
export function settingsOf(options: SimulatorOptions): Settings {
  return {
    port: options.port ?? 0,
    seed: options.seed ?? 1,
    script: options.script ?? [],
    quotas: options.quotas ?? 'documented',
    faults: options.faults,
    minuteMs: options.minuteMs ?? 60_000,
    incidents: options.incidents ?? 250,
    requireToken: options.requireToken ?? false,
    tokenLifetimeMs: options.tokenLifetimeMs ?? 3_599_000,
    newestAt: options.newestAt?.getTime() ?? Date.UTC(2026, 0, 31, 12),
    clock: options.clock ?? realClock,
  };
}

export type { Quota };
