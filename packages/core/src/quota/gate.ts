import type { Operation, Quota } from '../catalogue/entry.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaState } from '../observe/quota.ts';
import type { Random } from '../random.ts';
import type { CallLimitSettings } from './call-limits.ts';
import { QuotaGroup } from './group.ts';
import { type GroupLimits, groupLimits, NO_LIMITS } from './limits.ts';
import type { GateAnswer, GateCall, GatePermit, GateRequest } from './permit.ts';
import { type ShareCount, SharedCount } from './shared-count.ts';
import type { QuotaStore } from './store.ts';
import { StoreConnection } from './store-connection.ts';

/** How calls are held after a 429, and how many may wait. */
export interface ThrottleSettings {
  /** Whether a 429 pauses its whole quota group. */
  readonly pause: boolean;
  /** How many calls may wait in one group; further ones are rejected. */
  readonly maxWaiting: number;
}

/** How quotas are kept. */
export interface QuotaSettings {
  /** Limits by quota group, in place of the documented ones; `false`: the group is not counted. */
  readonly groups: Readonly<Record<string, Quota | false>>;
  /** How long a minute of the quotas lasts, in milliseconds; an hour is 60 of them. */
  readonly minuteMs: number;
  /** The longest time that a call takes to arrive at the service, in milliseconds. */
  readonly transitMs: number;
  /** The share of each limit that is reserved for calls with a priority above 0. */
  readonly reserve: number;
  /** The store that counts all processes; undefined: this process counts alone. */
  readonly store: QuotaStore | undefined;
  /** How many processes share the store; undefined: as many as it sees. */
  readonly expectedProcesses: number | undefined;
  /** How long the store may be slow or fail, in milliseconds. */
  readonly storeTimeoutMs: number;
}

/** The maximum number of groups: the operations table has about 40. Calls of any more groups are not held. */
const MAX_GROUPS = 1_000;

/**
 * Releases attempts when their quota allows it. Keeps the quota groups of one wrapper: those with limits by
 * name, those with only a pause by host and name.
 */
export class QuotaGate {
  readonly #throttle: ThrottleSettings;
  readonly #quota: QuotaSettings | undefined;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changed: (change: QuotaChange) => void;
  readonly #connection: StoreConnection | undefined;
  readonly #probeMs: number;
  /** Identifies this gate among all that share the store. */
  readonly #id: string = crypto.randomUUID();
  /** Undefined: the group has no limits. */
  readonly #limited = new Map<string, QuotaGroup | undefined>();
  /** Groups without limits, for as long as they are paused. */
  readonly #paused = new Map<string, QuotaGroup>();

  constructor(
    throttle: ThrottleSettings,
    quota: QuotaSettings | undefined,
    { clock, random }: { readonly clock: Clock; readonly random: Random },
    changed: (change: QuotaChange) => void,
  ) {
    this.#throttle = throttle;
    this.#quota = quota;
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
    this.#probeMs = Math.min(PROBE_MS, (quota?.minuteMs ?? PROBE_MS) / 10);
    if (quota?.store !== undefined) {
      const timing = { timeoutMs: quota.storeTimeoutMs, probeMs: this.#probeMs };
      this.#connection = new StoreConnection(quota.store, clock, timing, changed);
    }
  }

  /** True if no attempt needs a permit: the fast path for almost every call without quotas. */
  get idle(): boolean {
    return this.#quota === undefined && this.#paused.size === 0;
  }

  /**
   * Waits until the attempt may be sent. Returns a rejection at once if the wait would exceed `limitMs`; the
   * promise rejects with the signal's reason when `signal` aborts.
   */
  acquire(request: GateRequest): Promise<GateAnswer> | GateAnswer {
    const group = this.#limitedGroup(request) ?? this.#paused.get(request.group);
    return group?.acquire(request);
  }

  /** The service answered an attempt with 429 and asked to wait `ms` milliseconds. */
  throttled(call: GateCall, ms: number, failure: Failure, permit: GatePermit | undefined): void {
    const group = this.#limitedGroup(call) ?? this.#pausedGroup(call.group);
    group?.throttled(ms, failure, permit);
  }

  /** The groups that are paused or have a queue. */
  snapshot(): { group: string; pausedForMs: number; waiting: number }[] {
    return this.#groups().flatMap((group) => {
      const { pausedForMs, waiting } = group;
      return pausedForMs + waiting === 0 ? [] : [{ group: group.name, pausedForMs, waiting }];
    });
  }

  /** The quota groups that were used; none if quotas are off. */
  quotas(): readonly QuotaState[] {
    return [...this.#limited.values()].flatMap((group) => (group ? [group.state()] : []));
  }

  /** Rejects the calls that wait, with `closed`. */
  endWaits(): void {
    for (const group of this.#groups()) group.close();
  }

  /**
   * Called when no call is left: waits for pending requests to the store, and stops every timer. Leaves the
   * store itself open.
   */
  async close(): Promise<void> {
    await this.#connection?.close();
    this.endWaits();
  }

  #groups(): readonly QuotaGroup[] {
    return [...this.#limited.values(), ...this.#paused.values()].filter(
      (group) => group !== undefined,
    );
  }

  #limitedGroup({ operation }: GateCall): QuotaGroup | undefined {
    if (this.#quota === undefined) return undefined;
    const { quotaGroup } = operation;
    if (this.#limited.has(quotaGroup)) return this.#limited.get(quotaGroup);
    if (this.#limited.size >= MAX_GROUPS) return undefined;
    const limits = limitsOf(operation, this.#quota);
    const group = limits && this.#newGroup(quotaGroup, limits, this.#quota);
    this.#limited.set(quotaGroup, group);
    return group;
  }

  #pausedGroup(key: string): QuotaGroup | undefined {
    const known = this.#paused.get(key);
    const full = this.#paused.size >= MAX_GROUPS;
    if (known !== undefined || full || !this.#throttle.pause) return known;
    const group = this.#newGroup(key, NO_LIMITS, UNCOUNTED);
    this.#paused.set(key, group);
    return group;
  }

  #newGroup(name: string, limits: GroupLimits, scale: Omit<CallLimitSettings, 'name'>): QuotaGroup {
    const { minuteMs, transitMs, reserve } = scale;
    const settings = { ...this.#throttle, name, limits, minuteMs, transitMs, reserve };
    const group = new QuotaGroup(settings, {
      clock: this.#clock,
      changed: this.#changed,
      // A call may outlast its group: a later pause may have created another group of the same name.
      idle: () => this.#paused.get(name) === group && this.#paused.delete(name),
      share: this.#sharing(name, limits, this.#quota),
    });
    return group;
  }

  /** Execution time is not shared: it is not known before a query has ended. */
  #sharing(
    group: string,
    { windows }: GroupLimits,
    quota: QuotaSettings | undefined,
  ): ShareCount | undefined {
    const connection = this.#connection;
    if (connection === undefined || quota === undefined || windows.length === 0) return undefined;
    const { transitMs, expectedProcesses, storeTimeoutMs } = quota;
    const noticeMs = this.#probeMs + storeTimeoutMs;
    const settings = { group, windows, transitMs, expectedProcesses, noticeMs };
    const dependencies = {
      connection,
      clock: this.#clock,
      random: this.#random,
      process: this.#id,
    };
    return (counted) => new SharedCount(settings, dependencies, counted);
  }
}

/** How often an unavailable store is probed, or ten times per quota minute if that is more often. */
const PROBE_MS = 1_000;

const UNCOUNTED = { minuteMs: 60_000, transitMs: 0, reserve: 0 };

function limitsOf(
  { quotaGroup, quota }: Operation,
  settings: QuotaSettings,
): GroupLimits | undefined {
  const { groups, minuteMs } = settings;
  const chosen = (Object.hasOwn(groups, quotaGroup) ? groups[quotaGroup] : undefined) ?? quota;
  return chosen === false ? undefined : groupLimits(chosen, minuteMs);
}
