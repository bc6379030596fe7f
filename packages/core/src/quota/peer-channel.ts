import type { Clock } from '../clock.ts';
import type { WindowLimit } from './limits.ts';
import { AWAY, type Store } from './store.ts';

/** What the processes tell each other through the store is read anew after this share of a minute. */
const FRESH = 1 / 200;
const MAX_FRESH_MS = 50;

/** What another process let this one know. */
export interface Heard {
  /** The service asked for a pause that lasts for `ms` milliseconds from now on. */
  paused(ms: number): void;
  /** The limit of a window was cut to `to`, `ageMs` milliseconds ago. */
  cut(index: number, to: number, ageMs: number): void;
}

/**
 * What the processes that share one group's quota tell each other: that they are there, that the
 * service asked for a pause, and that it refused calls.
 */
export class Fleet {
  readonly #group: string;
  readonly #windows: readonly WindowLimit[];
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #heard: Heard;
  readonly #freshMs: number;
  readonly #lifeSeconds: number;
  #readAt = Number.NEGATIVE_INFINITY;
  /** Until when this process's announcement is certainly in the store. */
  #announcedUntil = Number.NEGATIVE_INFINITY;
  /** How many were counted in this life of the count, and at the end of the one before. */
  #counted = 1;
  #countedBefore = 1;

  constructor(
    group: string,
    windows: readonly WindowLimit[],
    store: Store,
    clock: Clock,
    heard: Heard,
  ) {
    const shortestMs = Math.min(...windows.map(({ windowMs }) => windowMs));
    this.#group = group;
    this.#windows = windows;
    this.#store = store;
    this.#clock = clock;
    this.#heard = heard;
    this.#freshMs = Math.min(shortestMs * FRESH, MAX_FRESH_MS);
    this.#lifeSeconds = Math.max(Math.ceil(shortestMs / 1_000), 1);
  }

  /** How many processes were seen lately, this one included. */
  get processes(): number {
    return Math.max(this.#counted, this.#countedBefore);
  }

  /** Whether it is time to read again what the others told. */
  get stale(): boolean {
    return this.#clock.now() - this.#readAt >= this.#freshMs;
  }

  /** Reads what the others told. */
  async read(): Promise<void> {
    const now = this.#clock.now();
    this.#readAt = now;
    await Promise.all([
      this.#countProcesses(now),
      this.#readPause(),
      ...this.#windows.map((_, index) => this.#readCut(index)),
    ]);
  }

  tellPause(ms: number): void {
    // The store keeps whole seconds: the points tell the milliseconds.
    const wait = Math.max(Math.ceil(ms), 1);
    this.#set('pause', wait, secondsOf(wait));
  }

  tellCut(index: number, to: number): void {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    this.#set(`cut:${index}`, to, cutSeconds(windowMs));
  }

  async #readPause(): Promise<void> {
    const told = await this.#get('pause');
    if (told === undefined) return;
    const agoMs = secondsOf(told.consumedPoints) * 1_000 - told.msBeforeNext;
    const leftMs = told.consumedPoints - agoMs;
    if (leftMs > 0) this.#heard.paused(leftMs);
  }

  async #readCut(index: number): Promise<void> {
    const told = await this.#get(`cut:${index}`);
    if (told === undefined) return;
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const ageMs = Math.max(cutSeconds(windowMs) * 1_000 - told.msBeforeNext, 0);
    this.#heard.cut(index, told.consumedPoints, ageMs);
  }

  /** Each process adds itself to a count that lives for about a minute, and then begins anew. */
  async #countProcesses(now: number): Promise<void> {
    const told = await this.#get('processes');
    if (told !== undefined && now < this.#announcedUntil) {
      this.#counted = Math.max(told.consumedPoints, 1);
      return;
    }
    await this.#announce(now);
  }

  async #announce(now: number): Promise<void> {
    const told = await this.#store.ask((limiter) =>
      limiter.penalty(this.#keyOf('processes'), 1, { customDuration: this.#lifeSeconds }),
    );
    if (told === AWAY) return;
    this.#announcedUntil = now + told.msBeforeNext;
    this.#countedBefore = this.#counted;
    this.#counted = Math.max(told.consumedPoints, 1);
  }

  async #get(
    name: string,
  ): Promise<{ readonly consumedPoints: number; readonly msBeforeNext: number } | undefined> {
    const told = await this.#store.ask((limiter) => limiter.get(this.#keyOf(name)));
    if (told === AWAY || told === null || told.msBeforeNext <= 0) return undefined;
    return told;
  }

  #set(name: string, points: number, seconds: number): void {
    void this.#store.ask((limiter) => limiter.set(this.#keyOf(name), points, seconds));
  }

  #keyOf(name: string): string {
    return `${this.#group}:${name}`;
  }
}

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1_000);
}

/** Longer than a cut limit takes to grow back. */
function cutSeconds(windowMs: number): number {
  return secondsOf(5 * windowMs);
}
