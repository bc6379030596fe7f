import type { Quota } from '../catalogue/entry.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../failure/failure.ts';
import type { QuotaChange, QuotaState } from '../observe/quota.ts';
import type { Random } from '../random.ts';
import type { Gate, GateCall, GatePermit, GateRejection, GateRequest } from './gate.ts';
import { type MakeShared, QuotaGroup } from './group.ts';
import type { QuotaLimiter } from './limiter.ts';
import { type GroupLimits, groupLimits } from './limits.ts';
import { SharedSlots } from './shared-slots.ts';
import { Store } from './store.ts';
import { type GateSettings, ThrottleGate } from './throttle-gate.ts';

/** How quotas are kept. */
export interface QuotaSettings {
  /** Limits by quota group, in the place of the documented ones; `false`: the group is not counted. */
  readonly groups: Readonly<Record<string, Quota | false>>;
  /** The shared limiter; undefined: this process counts alone. */
  readonly limiter: QuotaLimiter | undefined;
  /** How many calls may wait in one group. */
  readonly maxWaiting: number;
  /** How long a minute of the quotas lasts, in milliseconds; their hour is 60 of them. */
  readonly minuteMs: number;
  /** How long a call may take at most to arrive at the service, in milliseconds. */
  readonly transitMs: number;
  /** Which share of each limit is kept for calls of a priority above 0. */
  readonly reserve: number;
  /** How many processes share the quota; undefined: as many as are seen. */
  readonly expectedProcesses: number | undefined;
  /** How long the shared limiter's store may take to answer, in milliseconds. */
  readonly storeTimeoutMs: number;
}

/** Beyond so many groups, further ones are not counted. The operations table has about 40. */
const MAX_GROUPS = 1_000;
/** A store that is away is looked for this often, or ten times a minute where that is shorter. */
const LOOK_FOR_STORE_MS = 1_000;

/**
 * Lets calls go only when their quota has room for them, group by group; groups without a quota are
 * held by the service's pauses alone.
 */
export class QuotaGate implements Gate {
  readonly idle = false;
  readonly #settings: QuotaSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changed: (change: QuotaChange) => void;
  readonly #uncounted: ThrottleGate;
  readonly #store: Store | undefined;
  readonly #lookMs: number;
  readonly #groups = new Map<string, QuotaGroup | undefined>();

  constructor(
    settings: QuotaSettings,
    throttle: GateSettings,
    { clock, random }: { clock: Clock; random: Random },
    changed: (change: QuotaChange) => void,
  ) {
    const { limiter, storeTimeoutMs, minuteMs } = settings;
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
    this.#uncounted = new ThrottleGate(throttle, clock);
    this.#lookMs = Math.min(LOOK_FOR_STORE_MS, minuteMs / 10);
    this.#store =
      limiter &&
      new Store(limiter, clock, { timeoutMs: storeTimeoutMs, retryMs: this.#lookMs }, changed);
  }

  acquire(
    request: GateRequest,
  ): Promise<GatePermit | GateRejection | undefined> | GatePermit | GateRejection | undefined {
    const group = this.#groupOf(request);
    return group === undefined ? this.#uncounted.acquire(request) : group.pass(request);
  }

  throttled(call: GateCall, ms: number, failure: Failure, ticket: GatePermit | undefined): void {
    const group = this.#groupOf(call);
    if (group === undefined) this.#uncounted.throttled(call, ms);
    else group.refused(ms, failure, ticket);
  }

  /** The groups that are paused; how full the others are, `quotas` tells. */
  snapshot(): { group: string; pausedForMs: number; waiting: number }[] {
    const paused = this.quotas().filter(({ pausedForMs }) => pausedForMs > 0);
    return [
      ...this.#uncounted.snapshot(),
      ...paused.map(({ group, pausedForMs, waiting }) => ({ group, pausedForMs, waiting })),
    ];
  }

  quotas(): readonly QuotaState[] {
    return [...this.#groups.values()].flatMap((group) => (group ? [group.state()] : []));
  }

  #groupOf({ operation: { quotaGroup, quota } }: GateCall): QuotaGroup | undefined {
    if (this.#groups.has(quotaGroup)) return this.#groups.get(quotaGroup);
    const given = Object.hasOwn(this.#settings.groups, quotaGroup)
      ? this.#settings.groups[quotaGroup]
      : undefined;
    const chosen = given ?? quota;
    const limits =
      chosen === false || this.#groups.size >= MAX_GROUPS
        ? undefined
        : groupLimits(chosen, this.#settings.minuteMs);
    const group = limits && this.#newGroup(quotaGroup, limits);
    if (this.#groups.size < MAX_GROUPS) this.#groups.set(quotaGroup, group);
    return group;
  }

  #newGroup(name: string, limits: GroupLimits): QuotaGroup {
    const shared = this.#store && this.#sharing(name, limits, this.#store);
    return new QuotaGroup(name, limits, this.#settings, this.#clock, this.#changed, shared);
  }

  /** Running time alone is not shared: it has no slots. */
  #sharing(name: string, { windows }: GroupLimits, store: Store): MakeShared | undefined {
    if (windows.length === 0) return undefined;
    const { expectedProcesses, transitMs, storeTimeoutMs } = this.#settings;
    const world = { store, clock: this.#clock, random: this.#random };
    // Others find the store at their next look, which may take its time.
    const noticeMs = this.#lookMs + storeTimeoutMs;
    const settings = { expectedProcesses, transitMs, noticeMs };
    return (heard) => new SharedSlots(name, windows, world, settings, heard);
  }
}
