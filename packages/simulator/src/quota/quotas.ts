import type { Operation } from '@defender-resilience/core';
import { ForeignLoads } from './foreign-load.ts';
import {
  type ExceededLimit,
  GroupQuota,
  type QuotaLimits,
  type WindowUsage,
} from './group-quota.ts';

/** Which quotas apply: Microsoft's documented ones, none, or limits by quota group. */
export type QuotaOption = 'documented' | 'off' | Readonly<Record<string, QuotaLimits>>;

/** An application in a tenant, whose calls are counted together. */
export interface Client {
  readonly tenant: string;
  readonly app: string;
}

/** The state of one quota, and how many calls it allowed and refused. */
export interface QuotaUsage {
  /** The quota group, as the operations table names it: `incidents`. */
  readonly group: string;
  /** The tenant's name, as in its token endpoint. */
  readonly tenant: string;
  /** The application's client ID; undefined if all of a tenant's applications share the quota. */
  readonly app: string | undefined;
  /** Calls that were allowed since the start or the last `reset()`. */
  readonly allowed: number;
  /** Calls that were refused with 429 since the start or the last `reset()`. */
  readonly refused: number;
  /** The limits on calls, by window. */
  readonly windows: readonly WindowUsage[];
  /** The execution time of hunting queries in the last hour, in milliseconds, if it is limited. */
  readonly runningTime?: { readonly usedMs: number; readonly budgetMs: number };
}

/** "At least 45 calls a minute per tenant": only hunting counts all applications together. */
export const PER_TENANT_GROUPS: ReadonlySet<string> = new Set([
  'hunting',
  'mde.hunting',
  'graph.hunting',
]);

/** Ten minutes an hour: documented for `advancedqueries/run`, and assumed for the other two. */
const HUNTING_MINUTES_PER_HOUR = 10;

/** Limits the memory; beyond it, the oldest quota is forgotten. */
const MAX_GROUPS = 10_000;

interface Counted {
  readonly group: string;
  readonly tenant: string;
  readonly app: string | undefined;
  readonly quota: GroupQuota;
}

/** All quotas by group and client, each created at its first call. */
export class Quotas {
  readonly #option: QuotaOption;
  readonly #minuteMs: number;
  #counted = new Map<string, Counted>();
  #foreign = new Map<string, ForeignLoads>();

  constructor(option: QuotaOption, minuteMs: number) {
    this.#option = option;
    this.#minuteMs = minuteMs;
  }

  /** Counts a call. Returns the exceeded limit, or undefined if the call is allowed. */
  take(operation: Operation, client: Client, now: number): ExceededLimit | undefined {
    return this.#quotaOf(operation, client)?.take(now);
  }

  /** Counts the execution time of a query. */
  spend(operation: Operation, client: Client, ms: number, now: number): void {
    this.#quotaOf(operation, client)?.spend(ms, now);
  }

  /** Lets another application use `share` of a group's quota. Returns the function that ends it. */
  foreignLoad(group: string, share: number, now: number): (endedAt: number) => void {
    const loads = this.#foreignOf(group);
    loads.prune(60 * this.#minuteMs, now);
    return loads.start(share, now);
  }

  /** Ends every load of other applications. */
  endForeignLoads(now: number): void {
    for (const loads of this.#foreign.values()) loads.end(now);
  }

  usage(now: number): readonly QuotaUsage[] {
    return [...this.#counted.values()].map(({ quota, group, tenant, app }) => {
      const runningTime = quota.executionTime(now);
      return {
        group,
        tenant,
        app,
        allowed: quota.allowed,
        refused: quota.refused,
        windows: quota.windows(now),
        ...(runningTime === undefined ? {} : { runningTime }),
      };
    });
  }

  clear(): void {
    this.#counted = new Map();
    this.#foreign = new Map();
  }

  #quotaOf(operation: Operation, { tenant, app }: Client): GroupQuota | undefined {
    const limits = this.#limitsOf(operation);
    if (limits === undefined) return undefined;
    const group = operation.quotaGroup;
    const perTenant = PER_TENANT_GROUPS.has(group);
    const key = JSON.stringify([group, tenant, perTenant ? null : app]);
    const counted = this.#counted.get(key);
    if (counted !== undefined) return counted.quota;
    const quota = new GroupQuota(limits, this.#minuteMs, this.#foreignOf(group));
    if (this.#counted.size >= MAX_GROUPS) this.#forgetFirst();
    this.#counted.set(key, { group, tenant, app: perTenant ? undefined : app, quota });
    return quota;
  }

  #limitsOf(operation: Operation): QuotaLimits | undefined {
    const { quotaGroup, quota } = operation;
    if (this.#option === 'off') return undefined;
    if (this.#option !== 'documented') {
      return Object.hasOwn(this.#option, quotaGroup) ? this.#option[quotaGroup] : undefined;
    }
    return PER_TENANT_GROUPS.has(quotaGroup)
      ? { ...quota, runningMsPerHour: HUNTING_MINUTES_PER_HOUR * this.#minuteMs }
      : quota;
  }

  #foreignOf(group: string): ForeignLoads {
    const existing = this.#foreign.get(group);
    if (existing !== undefined) return existing;
    const loads = new ForeignLoads();
    this.#foreign.set(group, loads);
    return loads;
  }

  #forgetFirst(): void {
    for (const key of this.#counted.keys()) {
      this.#counted.delete(key);
      return;
    }
  }
}
