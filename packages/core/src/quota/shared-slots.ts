import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { WindowLimit } from './limits.ts';
import { Fleet, type Heard } from './peer-channel.ts';
import { type Companions, type Slot, SlotBook } from './slot-book.ts';
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
    const { fleet } = this;
    const companions: Companions = {
      get processes() {
        return fleet.processes;
      },
      freed: () => heard.freed(),
    };
    this.#books = windows.map(
      (window) =>
        new SlotBook(`${group}:${window.per}`, window, settings.transitMs, world, companions),
    );
  }

  /** Whether the store cannot be asked now. */
  get away(): boolean {
    return this.#store.away;
  }

  /** Counts the outages of the store. */
  get outages(): number {
    return this.#store.outages;
  }

  /** Whether the store knows all calls of a window: not while it is away, nor until a window after. */
  knows(index: number, now: number): boolean {
    const windowMs = this.#windows[index]?.windowMs ?? 0;
    const { away, backAt } = this.#store;
    return !away && now >= backAt + windowMs + this.#settings.noticeMs;
  }

  /** How many processes share the quota, as far as is known. */
  get processes(): number {
    return this.#settings.expectedProcesses ?? this.fleet.processes;
  }

  /** This process's part of a limit. */
  shareOf(limit: number): number {
    return Math.max(Math.floor(limit / this.processes), 1);
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
    // The look at what is held comes first: what is taken now would show nothing.
    const read = this.fleet.stale ? [this.#books[0]?.check(), this.fleet.read()] : [];
    const taking = this.#books.map((book, index) => book.take(limits[index] ?? 0));
    const [taken] = await Promise.all([Promise.all(taking), ...read]);
    const slots = taken.map((slot) => (typeof slot === 'object' ? slot : undefined));
    const hold = this.#holdOf(slots);
    if (slots.every((slot) => slot !== undefined)) return hold;
    hold.giveBack();
    return taken.includes(AWAY) ? AWAY : undefined;
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
