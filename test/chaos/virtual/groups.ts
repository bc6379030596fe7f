import type { PlannedQuota } from './schedule.ts';

const STEP = 1_000;

/** An attempt that counts: from its sending until a window after it has certainly arrived. */
interface Counted<C> {
  readonly call: C;
  readonly at: number;
  answeredAt: number;
}

/** A quota group: its pause, its limits, the calls that wait, and those that were released. */
export class GroupModel<C> {
  pausedUntil = 0;
  queue: C[] = [];
  released: { readonly call: C; readonly at: number }[] = [];
  readonly #limits: readonly { readonly limit: number; readonly windowMs: number }[];
  readonly #transitMs: number;
  #counted: Counted<C>[] = [];

  constructor(quota: PlannedQuota | undefined) {
    this.#limits = limitsOf(quota);
    this.#transitMs = quota?.transitMs ?? 0;
  }

  /** How long the next call has to wait. */
  waitMs(now: number): number {
    return Math.max(this.pausedUntil - now, this.#paceMs(now), this.#quotaMs(0, now), 0);
  }

  /** How long a call waits at the least that comes after so many others. */
  estimateMs(ahead: number, now: number): number {
    return Math.max(this.pausedUntil - now, this.#quotaMs(ahead, now), 0);
  }

  /**
   * Whether a call needs no permit: none that counts is idle.
   *
   * @param late - the group is forgotten after what else happens in the millisecond in which its last wait ends
   */
  idle(now: number, late = false): boolean {
    const ends = this.pausedUntil === now || this.released.some(({ at }) => at + STEP === now);
    const waitMs = this.waitMs(now);
    if (late && ends) return false;
    return this.#limits.length + this.queue.length + this.released.length === 0 && waitMs === 0;
  }

  release(call: C, now: number): void {
    if (this.#limits.length === 0) this.released.push({ call, at: now });
    else this.#counted.push({ call, at: now, answeredAt: Number.POSITIVE_INFINITY });
  }

  answered(call: C, sent: boolean, now: number): void {
    this.released = this.released.filter((one) => one.call !== call);
    for (const one of this.#counted)
      if (one.call === call) one.answeredAt = Math.min(one.answeredAt, now);
    if (!sent)
      this.#counted.splice(
        this.#counted.findLastIndex((one) => one.call === call),
        1,
      );
  }

  /** After a pause, two are released at a time; one without an answer holds back others for a second. */
  #paceMs(now: number): number {
    this.released = this.released.filter(({ at }) => at + STEP > now);
    const second = this.released.at(-2);
    return second === undefined ? 0 : second.at + STEP - now;
  }

  /** Each call takes the place in a window that is free first. */
  #quotaMs(ahead: number, now: number): number {
    const waits = this.#limits.map(({ limit, windowMs }) => {
      const leaving = this.#counted
        .map(({ at, answeredAt }) => Math.min(answeredAt, at + this.#transitMs))
        // What may not have arrived yet takes its place for a whole window from now, at the least.
        .map((arrivedAt) => Math.min(arrivedAt, now) + windowMs - now)
        .filter((leavesInMs) => leavesInMs > 0)
        .toSorted((a, b) => a - b);
      const places = [...Array<number>(Math.max(limit - leaving.length, 0)).fill(0), ...leaving];
      for (let before = 0; before < ahead; before += 1) {
        places.push((places.shift() ?? 0) + windowMs);
      }
      return places[0] ?? 0;
    });
    return Math.max(0, ...waits);
  }
}

/** The windows of a quota: an hour is 60 of its minutes. */
export function limitsOf(
  quota: PlannedQuota | undefined,
): readonly { readonly limit: number; readonly windowMs: number }[] {
  if (quota === undefined) return [];
  const { perMinute, perHour, minuteMs } = quota;
  const hour = perHour === undefined ? [] : [{ limit: perHour, windowMs: 60 * minuteMs }];
  return [{ limit: perMinute, windowMs: minuteMs }, ...hour];
}
