import type { Clock } from '@defender-resilience/core';
import { assertValid } from './check/check.ts';
import { simulatorOptions } from './check/rules.ts';
import type { FaultOptions } from './faults.ts';
import type { Feature } from './features.ts';
import type { QuotaOption } from './quota/quotas.ts';
import type { RecordMode } from './record.ts';
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
  /**
   * How long a quota's minute lasts, in milliseconds; its hour is 60 of them. A shorter one lets a
   * test see quotas at work: refused calls are then told the wait in `retry-after-ms` as well.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /** How many incidents there are, at most 100,000. @defaultValue 250 */
  readonly incidents?: number;
  /** Whether calls need a live token of the simulator's own token endpoint. @defaultValue false */
  readonly requireToken?: boolean;
  /** How long a token lives, in milliseconds. @defaultValue 3,599,000, as the real ones do */
  readonly tokenLifetimeMs?: number;
  /**
   * How long a machine action takes until it has succeeded, in milliseconds; it is pending for the
   * first half of it. @defaultValue 60,000
   */
  readonly machineActionMs?: number;
  /** What the tenant has switched off: its calls get `DisabledFeature`. @defaultValue none */
  readonly disabledFeatures?: readonly Feature[];
  /**
   * `'counts'` keeps no requests, only how many there were. @defaultValue `'all'`, of which the first
   * 100,000 are kept and the rest is counted
   */
  readonly record?: RecordMode;
  /** When the newest incident was last updated. @defaultValue 2026-01-31T12:00:00Z */
  readonly newestAt?: Date;
  /** Where the simulator's time comes from. @defaultValue the real time */
  readonly clock?: Clock;
}

/** The options with every default filled in. */
export interface Settings extends Required<Omit<SimulatorOptions, 'faults' | 'newestAt'>> {
  readonly faults: FaultOptions | undefined;
  /** Milliseconds since 1970. */
  readonly newestAt: number;
}

const realClock: Clock = Object.freeze({
  now: () => performance.now(),
  epoch: () => Date.now(),
  timer(callback: () => void, delayMs: number) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError that names every option that is not valid.
 */
export function settingsOf(options: SimulatorOptions): Settings {
  assertValid(simulatorOptions, options, '');
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
    machineActionMs: options.machineActionMs ?? 60_000,
    disabledFeatures: options.disabledFeatures ?? [],
    record: options.record ?? 'all',
    newestAt: options.newestAt?.getTime() ?? Date.UTC(2026, 0, 31, 12),
    clock: options.clock ?? realClock,
  };
}
