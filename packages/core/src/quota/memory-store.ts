import { type Clock, systemClock } from '../clock.ts';
import { checkValue, type Rule, withMethods } from '../validation/check-options.ts';
import type {
  LearnedLimit,
  QuotaNews,
  QuotaStore,
  StoreWindow,
  TakeAnswer,
  TakeRequest,
} from './store.ts';

const CLOCK: Rule = withMethods('a Clock with now, epoch and timer', 'now', 'epoch', 'timer');

/** For how many windows a learned limit is kept. */
const LEARNED_FOR = 5;

/**
 * A quota store in this process: for several wrappers that share one quota, and for tests.
 *
 * @example
 * ```ts
 * const store = memoryQuotaStore();
 * const reading = createResilience({ quota: { store } });
 * const acting = createResilience({ quota: { store }, deadlineMs: 30_000 });
 * ```
 * @throws TypeError if `clock` is not a clock
 */
export function memoryQuotaStore(clock: Clock = systemClock): QuotaStore {
  checkValue('memoryQuotaStore', 'clock', CLOCK, clock);
  const groups = new Map<string, MemoryGroup>();
  const groupOf = (name: string): MemoryGroup => {
    const group = groups.get(name) ?? new MemoryGroup();
    groups.set(name, group);
    return group;
  };
  return {
    take: async (request) => groupOf(request.group).take(request, clock.now()),
    settle: async (group, permit, arrivedAt) => groupOf(group).settle(permit, arrivedAt),
    report: async (group, news) => groupOf(group).report(news, clock.now()),
  };
}

class MemoryGroup {
  /** The latest time at which each call arrives. */
  readonly #calls = new Map<string, number>();
  /** The time of each process's last request. */
  readonly #processes = new Map<string, number>();
  readonly #limits = new Map<number, { readonly limit: number; readonly at: number }>();
  #pausedUntil = Number.NEGATIVE_INFINITY;

  take(request: TakeRequest, now: number): TakeAnswer {
    const { permit, process, windows, transitMs } = request;
    const lengths = windows.map(({ windowMs }) => windowMs);
    this.#processes.set(process, now);
    if (windows.length > 0) {
      forget(this.#processes, now - Math.min(...lengths));
      forget(this.#calls, now - Math.max(...lengths));
    }
    const arrivals = [...this.#calls.values()].toSorted((a, b) => a - b);
    const used = windows.map(({ windowMs }) => arrivals.filter((at) => at > now - windowMs).length);
    const pausedForMs = Math.max(this.#pausedUntil - now, 0);
    const known = this.#calls.has(permit);
    const waitMs = known ? 0 : Math.max(pausedForMs, fullForMs(windows, used, arrivals, now));
    const granted = waitMs === 0;
    const takes = granted && !known && windows.length > 0;
    if (takes) this.#calls.set(permit, now + transitMs);
    return {
      granted,
      waitMs,
      takenAt: now,
      used: used.map((count) => count + (takes ? 1 : 0)),
      processes: this.#processes.size,
      pausedForMs,
      limits: this.#learned(now),
      epoch: 'memory',
    };
  }

  settle(permit: string, arrivedAt: number | undefined): void {
    if (arrivedAt === undefined) this.#calls.delete(permit);
    else if (this.#calls.has(permit)) this.#calls.set(permit, arrivedAt);
  }

  report({ pauseMs = 0, limits = [], calls = [] }: QuotaNews, now: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    for (const { windowMs, limit } of limits) this.#limits.set(windowMs, { limit, at: now });
    for (const { permit, ageMs } of calls) {
      if (!this.#calls.has(permit)) this.#calls.set(permit, now - ageMs);
    }
  }

  #learned(now: number): LearnedLimit[] {
    return [...this.#limits].flatMap(([windowMs, { limit, at }]) => {
      const ageMs = now - at;
      return ageMs < LEARNED_FOR * windowMs ? [{ windowMs, limit, ageMs }] : [];
    });
  }
}

function forget(times: Map<string, number>, until: number): void {
  for (const [name, at] of times) if (at <= until) times.delete(name);
}

/** Milliseconds until every window has room. */
function fullForMs(
  windows: readonly StoreWindow[],
  used: readonly number[],
  arrivals: readonly number[],
  now: number,
): number {
  return windows.reduce((longest, { windowMs, limit }, index) => {
    if ((used[index] ?? 0) < limit) return longest;
    // The `limit`th newest call must leave the window first.
    return Math.max(longest, (arrivals.at(-limit) ?? now) + windowMs - now);
  }, 0);
}
