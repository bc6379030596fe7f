import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { WindowLimit } from './limits.ts';
import type { LoggedCall } from './sliding-window-log.ts';
import type { QuotaNews, QuotaStore, TakeAnswer } from './store.ts';
import type { StoreConnection } from './store-connection.ts';

/** How many processes are assumed to share a quota when the store was never reached. */
const ASSUMED_PROCESSES = 8;
/** After a refusal, the store is asked again after at most this share of the shortest window. */
const LONGEST_WAIT = 1 / 20;
/** Processes that wait for the same place spread their requests, so that each has a chance. */
const SPREAD_MS = 50;
const SPREAD_OF_WINDOW = 1 / 100;

export interface SharedCountSettings {
  readonly group: string;
  readonly windows: readonly WindowLimit[];
  readonly transitMs: number;
  /** How many processes share the quota; undefined: as many as the store sees. */
  readonly expectedProcesses: number | undefined;
  /** How long until every process notices that the store is back, in milliseconds. */
  readonly noticeMs: number;
}

export interface SharedCountDependencies {
  readonly connection: StoreConnection;
  readonly clock: Clock;
  readonly random: Random;
  /** Identifies this process. */
  readonly process: string;
}

/** The group whose calls are counted. */
export interface CountedGroup {
  /** The recent calls of this process. */
  ownCalls(): readonly LoggedCall[];
  /** The store is unavailable: for one window, the group must not send more than before. */
  hold(): void;
  /** Releases the waiting calls that may be sent now. */
  drain(): void;
}

/** Creates the shared count of a group. */
export type ShareCount = (group: CountedGroup) => SharedCount;

/** When to ask the store again, and for how many calls at once. */
interface Pace {
  /** When a place may be free, according to the store's last refusal. */
  freeAt: number;
  retryAt: number;
  room: number;
}

/** One group's count in the store: decides when to ask the store, and what to do while it is unavailable. */
export class SharedCount {
  readonly #settings: SharedCountSettings;
  readonly #dependencies: SharedCountDependencies;
  readonly #group: CountedGroup;
  readonly #shortestMs: number;
  readonly #longestMs: number;
  readonly #ordinary: Pace = newPace();
  readonly #urgent: Pace = newPace();
  #asking = 0;
  #epoch: string | undefined = undefined;
  #processes: number | undefined = undefined;
  /** Until when the store may lack some processes and calls. */
  #incompleteUntil = Number.NEGATIVE_INFINITY;
  #fewerProcessesFrom = Number.NEGATIVE_INFINITY;

  constructor(
    settings: SharedCountSettings,
    dependencies: SharedCountDependencies,
    group: CountedGroup,
  ) {
    const lengths = settings.windows.map(({ windowMs }) => windowMs);
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#group = group;
    this.#shortestMs = Math.min(...lengths);
    this.#longestMs = Math.max(...lengths);
    dependencies.connection.onChange(() => {
      if (!this.away) this.#restore();
      else if (this.#processes !== undefined) group.hold();
      group.drain();
    });
  }

  get away(): boolean {
    return this.#dependencies.connection.away;
  }

  get counting(): 'shared' | 'fallback' {
    return this.away ? 'fallback' : 'shared';
  }

  /** How many requests to the store are pending. */
  get asking(): number {
    return this.#asking;
  }

  /** How many processes each limit is divided among while this one counts alone; 1 while the store counts. */
  get divisor(): number {
    const { expectedProcesses } = this.#settings;
    const incomplete = this.#dependencies.clock.now() < this.#incompleteUntil;
    if (!this.away && !incomplete) return 1;
    return expectedProcesses ?? this.#processes ?? ASSUMED_PROCESSES;
  }

  /** Whether another request may be sent to the store now. */
  mayAsk(priority: number): boolean {
    return this.#asking < Math.max(this.#pace(priority).room, 1);
  }

  /** Milliseconds until the store should be asked again. */
  waitMs(priority: number, now: number): number {
    return this.away ? 0 : Math.max(this.#pace(priority).retryAt - now, 0);
  }

  /** Milliseconds until a place may be free, according to the store's last answer. */
  freeInMs(priority: number, now: number): number {
    return this.away ? 0 : Math.max(this.#pace(priority).freeAt - now, 0);
  }

  /** Asks for a place for one call; undefined if the store is unavailable. */
  async take(
    id: number,
    limits: readonly number[],
    priority: number,
  ): Promise<TakeAnswer | undefined> {
    const { group, transitMs } = this.#settings;
    const windows = this.#settings.windows.map(({ windowMs }, index) => ({
      windowMs,
      limit: limits[index] ?? 1,
    }));
    const permit = this.#permitOf(id);
    const request = { group, permit, process: this.#dependencies.process, windows, transitMs };
    let abandoned = false;
    this.#asking += 1;
    const answer = await this.#ask(async (store) => {
      const given = await store.take(request);
      // Too late: nobody waits for the place any more.
      if (abandoned && given.granted) await store.settle(group, permit, undefined);
      return given;
    });
    abandoned = true;
    this.#asking -= 1;
    if (answer !== undefined) this.#learn(answer, windows, this.#pace(priority));
    return answer;
  }

  /** Reports that a call arrived within `ms` milliseconds of taking its place; undefined: it was not sent. */
  settle(id: number, takenAt: number, ms: number | undefined): void {
    const arrivedAt = ms === undefined ? undefined : Math.ceil(takenAt + ms);
    const { group } = this.#settings;
    void this.#ask((store) => store.settle(group, this.#permitOf(id), arrivedAt));
  }

  report(news: Omit<QuotaNews, 'keepMs'>): void {
    const keepMs = this.#longestMs;
    void this.#ask((store) => store.report(this.#settings.group, { ...news, keepMs }));
  }

  #ask<T>(question: (store: QuotaStore) => Promise<T>): Promise<T | undefined> {
    const { connection, process } = this.#dependencies;
    const { group, transitMs } = this.#settings;
    // Takes no place, but fails if taking one would.
    const probe = { group, permit: '', process, windows: [], transitMs };
    return connection.ask(question, (store) => store.take(probe));
  }

  #learn(answer: TakeAnswer, windows: readonly { limit: number }[], pace: Pace): void {
    const { clock, random } = this.#dependencies;
    const now = clock.now();
    if (this.#epoch !== undefined && this.#epoch !== answer.epoch) this.#restore();
    this.#epoch = answer.epoch;
    if (answer.processes > (this.#processes ?? 0) || now >= this.#fewerProcessesFrom) {
      this.#processes = Math.max(answer.processes, 1);
    }
    if (answer.granted) {
      pace.room = Math.min(...windows.map(({ limit }, index) => limit - (answer.used[index] ?? 0)));
      pace.retryAt = now;
      return;
    }
    const spreadMs = Math.min(SPREAD_MS, this.#shortestMs * SPREAD_OF_WINDOW);
    const jitterMs = answer.processes > 1 ? random() * spreadMs : 0;
    pace.room = 1;
    pace.freeAt = now + answer.waitMs;
    pace.retryAt = now + Math.min(answer.waitMs, this.#shortestMs * LONGEST_WAIT) + jitterMs;
  }

  /**
   * Writes this process's calls to a store that may have lost them. Until all processes have had time to do so,
   * each keeps to its part of the limit, so that no window is filled twice.
   */
  #restore(): void {
    const calls = this.#group.ownCalls();
    const now = this.#dependencies.clock.now();
    this.#fewerProcessesFrom = now + this.#shortestMs;
    if (calls.length === 0) return;
    this.#incompleteUntil = now + this.#shortestMs * LONGEST_WAIT + this.#settings.noticeMs;
    this.report({
      calls: calls.map(({ id, ageMs }) => ({ permit: this.#permitOf(id), ageMs })),
    });
  }

  #pace(priority: number): Pace {
    return priority > 0 ? this.#urgent : this.#ordinary;
  }

  #permitOf(id: number): string {
    return `${this.#dependencies.process}:${id}`;
  }
}

function newPace(): Pace {
  const never = Number.NEGATIVE_INFINITY;
  return { freeAt: never, retryAt: never, room: Number.POSITIVE_INFINITY };
}
