import type { Clock } from '@defender-resilience/core';
import { checkOptions } from '@defender-resilience/core/validation';
import type { Feature } from './call.ts';
import type { FaultOptions } from './faults.ts';
import type { HuntingResults } from './hunting/tables.ts';
import type { QuotaOption } from './quota/quotas.ts';
import type { RecordMode } from './record.ts';
import type { ScriptStep } from './script.ts';
import { OPTIONS } from './validation/schemas.ts';

/** The options of `startSimulator()`. */
export interface SimulatorOptions {
  /** The port of 127.0.0.1 to listen on; 0 takes a free one. @defaultValue 0 */
  readonly port?: number;
  /** Makes data, tracking IDs and random faults the same at each start. @defaultValue 1 */
  readonly seed?: number;
  /** The first answers, in order; later calls are answered normally. @defaultValue none */
  readonly script?: readonly ScriptStep[];
  /**
   * The rows that hunting queries return, by the table that a query begins with: `{ DeviceEvents: [{ Timestamp:
   * '2026-01-31T10:00:00Z', FileName: 'a.exe' }] }`.
   *
   * @defaultValue rows of the tenant's data in `DeviceInfo`, `AlertInfo`, `AlertEvidence`,
   * `DeviceProcessEvents`, `DeviceNetworkEvents` and `DeviceLogonEvents`; a given table replaces the one of the
   * same name
   */
  readonly hunting?: HuntingResults;
  /**
   * The quotas that apply: `'documented'` for Microsoft's limits, `'off'` for none, or limits by quota group
   * (`{ incidents: { perMinute: 10 } }`); other groups then have none.
   *
   * @defaultValue `'documented'`
   */
  readonly quotas?: QuotaOption;
  /** Random faults. @defaultValue none */
  readonly faults?: FaultOptions;
  /**
   * How long a quota's minute lasts, in milliseconds; an hour is 60 of them. With a shorter minute, a refused
   * call's wait is in `retry-after-ms` as well, because it may end before the next second.
   *
   * @defaultValue 60,000
   */
  readonly minuteMs?: number;
  /** The number of incidents, at most 100,000; each has one to three alerts. @defaultValue 250 */
  readonly incidents?: number;
  /** Whether calls need a valid token of the simulator's own token endpoint. @defaultValue false */
  readonly requireToken?: boolean;
  /** How long a token is valid, in milliseconds. @defaultValue 3,599,000, as Entra's are */
  readonly tokenLifetimeMs?: number;
  /**
   * How long a machine action takes, in milliseconds. It is pending for the first half, in progress for the
   * second, and then succeeds.
   *
   * @defaultValue 60,000
   */
  readonly machineActionMs?: number;
  /** Features that the tenant has disabled: their calls get `DisabledFeature`. @defaultValue none */
  readonly disabledFeatures?: readonly Feature[];
  /**
   * `'all'` keeps the first 100,000 requests, `'counts'` only their numbers: for runs with so many
   * requests that keeping them needs too much memory.
   *
   * @defaultValue `'all'`
   */
  readonly record?: RecordMode;
  /** When the newest incident was last updated; older data goes back from there. @defaultValue 2026-01-31T12:00:00Z */
  readonly newestAt?: Date;
  /** Reads the time and sets timers. @defaultValue the system's clock */
  readonly clock?: Clock;
}

/** The options with every default filled in. */
export interface Settings extends Required<Omit<SimulatorOptions, 'faults' | 'newestAt'>> {
  readonly faults: FaultOptions | undefined;
  /** Milliseconds since 1970. */
  readonly newestAt: number;
}

const systemClock: Clock = Object.freeze({
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
 * @throws TypeError that names every invalid option
 */
export function settingsOf(options: SimulatorOptions): Settings {
  checkOptions('startSimulator', OPTIONS, options);
  return {
    port: options.port ?? 0,
    seed: options.seed ?? 1,
    script: options.script ?? [],
    hunting: options.hunting ?? {},
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
    clock: options.clock ?? systemClock,
  };
}
