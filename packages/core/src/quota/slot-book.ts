import type { Clock, Timer } from '../clock.ts';
import type { Random } from '../random.ts';
import type { QuotaLimiter } from './limiter.ts';
import type { WindowLimit } from './limits.ts';
import { AWAY, isAnswer, type Store } from './store.ts';

/** How many seconds a slot outlives its window in the store, in case that nobody gives it back. */
const SPARE_SECONDS = 1;
/** The least wait before a slot is tried again that should have been free. */
const RETRY_MS = 5;
/**
 * Over how long the processes that wait for a slot spread their tries, so that each has a chance,
 * also against the one that gives it back. It costs little: the first of them takes it.
 */
const SPREAD_MS = 50;
const SPREAD_OF_WINDOW = 1 / 100;
/** How much the latest call counts in how long calls are expected to take. */
const SMOOTHING = 0.2;
/** By how much a store may be mistaken about the age of a key. */
const AGE_FAULT_MS = 5;
/** At most so many slots are tried in a row. */
const MAX_TRIES = 2_000;

/** A slot that this process holds. */
export interface Slot {
  readonly index: number;
  /** When the store was asked for it, and when it had answered. */
  readonly takenAt: number;
  readonly takenBy: number;
  /** How many outages the store had seen when it was taken. */
  readonly outages: number;
  /** Comes when the slot is to be given back. */
  timer: Timer | undefined;
  returned: boolean;
}

/** Who else takes slots, and who is told when one comes free. */
export interface Companions {
  /** How many processes there are, this one included. */
  readonly processes: number;
  freed(): void;
}

/**
 * One window of a group, counted in the store. As many slots as the limit allows calls: each is a key
 * that one process alone can fill, and that is free again a window after its call has arrived. So no
 * stretch of a window sees more calls than there are slots, whoever makes them.
 *
 * Remembers of every slot when to try it next, so that most slots are taken at the first try.
 */
export class SlotBook {
  readonly #name: string;
  readonly #windowMs: number;
  readonly #seconds: number;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #fleet: Companions;
  /** When to try each slot; 0: nothing is known of it. */
  readonly #tryAt: Float64Array;
  readonly #spreadMs: number;
  /** The slot that was taken last, and the one that is looked for next. */
  #latest: Slot | undefined = undefined;
  #sample: Slot | undefined = undefined;
  /** From the taking of a slot until its call has arrived, as a rule. */
  #heldMs = 0;

  constructor(
    name: string,
    { limit, windowMs }: WindowLimit,
    transitMs: number,
    world: { store: Store; clock: Clock; random: Random },
    fleet: Companions,
  ) {
    this.#name = name;
    this.#windowMs = windowMs;
    this.#seconds = Math.ceil((windowMs + transitMs) / 1_000) + SPARE_SECONDS;
    this.#store = world.store;
    this.#clock = world.clock;
    this.#random = world.random;
    this.#fleet = fleet;
    this.#tryAt = new Float64Array(limit);
    this.#spreadMs = Math.min(SPREAD_MS, windowMs * SPREAD_OF_WINDOW);
  }

  /** Milliseconds until one of the first `limit` slots may be free, as far as is known. */
  waitMs(limit: number, now: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (let index = 0; index < limit; index += 1) {
      first = Math.min(first, this.#tryAt[index] ?? first);
      if (first <= now) return 0;
    }
    // All are held by this process and their calls are still under way.
    return Math.min(first - now, this.#windowMs);
  }

  /** How many slots are known to be held, and of how many nothing is known. */
  held(now: number): { readonly held: number; readonly unknown: number } {
    let held = 0;
    let unknown = 0;
    for (const at of this.#tryAt) {
      if (at > now) held += 1;
      else if (at === 0) unknown += 1;
    }
    return { held, unknown };
  }

  /** Takes one of the first `limit` slots; undefined when none is free. */
  async take(limit: number): Promise<Slot | typeof AWAY | undefined> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const takenAt = this.#clock.now();
      const index = this.#candidate(limit, takenAt);
      if (index < 0) return undefined;
      const leftMs = await this.#fill(index);
      if (leftMs === AWAY) return AWAY;
      if (leftMs === undefined) {
        this.#tryAt[index] = Number.POSITIVE_INFINITY;
        this.#latest = {
          index,
          takenAt,
          takenBy: this.#clock.now(),
          outages: this.#store.outages,
          timer: undefined,
          returned: false,
        };
        return this.#latest;
      }
      this.#occupied(index, leftMs, this.#clock.now());
    }
    return undefined;
  }

  /** Looks whether the store still has what it was given: one that was restarted has not. */
  async check(): Promise<void> {
    const slot = this.#sample;
    // What is taken from now on shows only what is lost from now on.
    this.#sample = this.#latest;
    // No slot is given back before its window is over.
    if (slot === undefined || this.#clock.now() >= slot.takenAt + this.#windowMs) return;
    const own = await this.#store.ask((limiter) => this.#isOwn(slot, limiter));
    if (own === false && slot.outages === this.#store.outages && !slot.returned) {
      this.#store.forgot();
    }
  }

  /** The call of a slot is on its way: the slot comes free when it has certainly arrived. */
  sent(slot: Slot, transitMs: number): void {
    slot.timer = this.#releaseIn(slot, transitMs + this.#windowMs);
  }

  /** The call of a slot was answered. */
  arrived(slot: Slot): void {
    const now = this.#clock.now();
    this.#heldMs += SMOOTHING * (now - slot.takenAt - this.#heldMs);
    slot.timer?.cancel();
    slot.timer = this.#releaseIn(slot, this.#windowMs);
  }

  /** Gives a slot back. */
  async release(slot: Slot): Promise<void> {
    slot.timer?.cancel();
    slot.returned = true;
    const left = slot.takenAt + this.#seconds * 1_000 - this.#clock.now();
    // Beyond its time, or after an outage, the key may be another's already.
    if (left > 0 && slot.outages === this.#store.outages) await this.#empty(slot);
    // Whoever else waits for it has as good a chance.
    this.#tryAt[slot.index] = this.#clock.now() + this.#spread();
    this.#fleet.freed();
  }

  /** Deletes the key of a slot, unless it was lost and is another's by now. */
  async #empty(slot: Slot): Promise<void> {
    await this.#store.ask(async (limiter) => {
      if (await this.#isOwn(slot, limiter)) await limiter.delete(this.#keyOf(slot.index));
    });
  }

  /** Whether the key of a slot is there, and no younger than the slot. */
  async #isOwn({ index, takenBy }: Slot, limiter: QuotaLimiter): Promise<boolean> {
    const askedAt = this.#clock.now();
    const held = await limiter.get(this.#keyOf(index));
    if (held === null) return false;
    const ageMs = this.#seconds * 1_000 - held.msBeforeNext;
    return ageMs >= askedAt - takenBy - AGE_FAULT_MS;
  }

  #releaseIn(slot: Slot, ms: number): Timer {
    return this.#clock.timer(() => void this.release(slot), Math.ceil(ms), { keepAlive: false });
  }

  /** From a random one on, so that processes that know nothing yet do not all try the same. */
  #candidate(limit: number, now: number): number {
    const start = Math.floor(this.#random() * limit);
    for (let step = 0; step < limit; step += 1) {
      const index = (start + step) % limit;
      if ((this.#tryAt[index] ?? 0) <= now) return index;
    }
    return -1;
  }

  /** Undefined when the slot is this process's now, else how long its key lives on. */
  #fill(index: number): Promise<number | typeof AWAY | undefined> {
    return this.#store.ask(async (limiter) => {
      try {
        await limiter.consume(this.#keyOf(index), limiter.points, {
          customDuration: this.#seconds,
        });
        return undefined;
      } catch (reason) {
        if (isAnswer(reason)) return reason.msBeforeNext;
        throw reason;
      }
    });
  }

  #occupied(index: number, leftMs: number, now: number): void {
    const takenAt = now - (this.#seconds * 1_000 - leftMs);
    const expected = takenAt + this.#windowMs + this.#heldMs;
    // Later than expected: its call takes long, or its process has ended.
    const next = expected > now ? expected : now + Math.max(now - expected, RETRY_MS);
    this.#tryAt[index] = Math.min(next, now + Math.max(leftMs, RETRY_MS)) + this.#spread();
  }

  #spread(): number {
    return this.#fleet.processes > 1 ? this.#random() * this.#spreadMs : 0;
  }

  #keyOf(index: number): string {
    return `${this.#name}:${index}`;
  }
}
