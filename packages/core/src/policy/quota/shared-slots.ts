import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import { Fleet, type Heard } from './fleet.ts';
import type { WindowLimit } from './limits.ts';
import { type Slot, SlotBook } from './slot-book.ts';
import { AWAY, type Store } from './store.ts';

export interface SharedSettings {
  /** How many processes share the quota; undefined: as many as are seen. */
  readonly expectedProcesses: number | undefined;
  readonly transitMs: number;
  /** Within how many milliseconds the others notice that the store is back. */
  readonly noticeMs: number;
}

/** A slot in each window: leave to send one call. */
export interface Hold {
  sent(): void;
  arrived(): void;
  giveBack(): void;
}

/** Counts a group's calls together with other processes, through a shared limiter. */
export class SharedSlots {
  readonly fleet: Fleet;
  readonly #windows: readonly WindowLimit[];
  readonly #books: readonly SlotBook[];
  readonly #store: Store;
  readonly #settings: SharedSettings;

  constructor(
    group: string,
    windows: readonly WindowLimit[],
    world: { store: Store; clock: Clock; random: Random },
    settings: SharedSettings,
    heard: Heard & { freed(): void },
  ) {
    this.fleet = new Fleet(group, windows, world.store, world.clock, heard);
    this.#windows = windows;
    this.#store = world.store;
    this.#settings = settings;
    this.#books = windows.map(
      (window) =>
        new SlotBook(`${group}:${window.per}`, window, settings.transitMs, world, () =>
          heard.freed(),
        ),
    );
  }

  /** Whether the store cannot be asked now. */
  get away(): boolean {
    return this.#store.away;
  }

  /**
   * How many of a window's calls this process may send by its own count: its share, while the store
   * is away, and until the store knows all calls of the window again.
   */
  ownLimit(index: number, limit: number, now: number): number {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const sharing =
      this.#store.away || now < this.#store.backAt + windowMs + this.#settings.noticeMs;
    if (!sharing) return limit;
    const processes = this.#settings.expectedProcesses ?? this.fleet.processes;
    return Math.max(Math.floor(limit / processes), 1);
  }

  /** How many calls of a window are known of, and how many more there may be. */
  held(index: number, now: number): { readonly held: number; readonly unknown: number } {
    return this.#books[index]?.held(now) ?? { held: 0, unknown: 0 };
  }

  /** Milliseconds until a call may be let through, as far as this process knows. */
  waitMs(limits: readonly number[], now: number): number {
    return this.#books.reduce(
      (longest, book, index) => Math.max(longest, book.waitMs(limits[index] ?? 0, now)),
      0,
    );
  }

  /** Takes a slot in each window; undefined when there is none to be had now. */
  async take(limits: readonly number[]): Promise<Hold | typeof AWAY | undefined> {
    const [taken] = await Promise.all([
      Promise.all(this.#books.map((book, index) => book.take(limits[index] ?? 0))),
      this.#read(),
    ]);
    const slots = taken.map((slot) => (typeof slot === 'object' ? slot : undefined));
    const hold = this.#holdOf(slots);
    if (slots.every((slot) => slot !== undefined)) return hold;
    hold.giveBack();
    return taken.includes(AWAY) ? AWAY : undefined;
  }

  /** What others told, and whether the store still has what it was given. */
  async #read(): Promise<void> {
    if (await this.fleet.read()) await this.#books[0]?.check();
  }

  #holdOf(slots: readonly (Slot | undefined)[]): Hold {
    const each = (act: (book: SlotBook, slot: Slot) => void): void => {
      for (const [index, slot] of slots.entries()) {
        const book = this.#books[index];
        if (book !== undefined && slot !== undefined) act(book, slot);
      }
    };
    return {
      sent: () => each((book, slot) => book.sent(slot, this.#settings.transitMs)),
      arrived: () => each((book, slot) => book.arrived(slot)),
      giveBack: () => each((book, slot) => void book.release(slot)),
    };
  }
}
