import type { QuotaState } from '@defender-resilience/core';
import type { CounterCell, GaugeCell } from './cells.ts';
import { Newest, type QuotaReaders } from './quota-readers.ts';
import { storeUp, viewOf } from './quota-view.ts';

/** The series of one group's quota. */
export interface QuotaCells {
  readonly limit: (per: string) => GaugeCell;
  readonly used: (per: string) => GaugeCell;
  readonly waiting: GaugeCell;
  readonly nextFree: GaugeCell;
  readonly running: GaugeCell;
  readonly runningLimit: GaugeCell;
  readonly changes: (reason: string) => CounterCell;
}

/** Shows how full the quotas are. They change by themselves as time passes, so a scrape reads them. */
export class QuotaMeter {
  readonly #cellsOf: (group: string) => QuotaCells;
  readonly #storeUp: GaugeCell;
  readonly #watched = new Newest<QuotaReaders>();
  /** What has a value since the last scrape. */
  #shown: GaugeCell[] = [];
  #fresh = false;

  /** @param cellsOf - the same cells for every group beyond the limit */
  constructor(cellsOf: (group: string) => QuotaCells, up: GaugeCell) {
    this.#cellsOf = cellsOf;
    this.#storeUp = up;
  }

  watch(readers: QuotaReaders): void {
    this.#watched.add(readers);
  }

  /** A limit was corrected. */
  changed(group: string, reason: string): void {
    this.#cellsOf(group).changes(reason).add(1);
  }

  read(): void {
    // Every metric of the quotas asks for it. One reading for all of them is cheaper, and consistent.
    if (this.#fresh || this.#watched.size === 0) return;
    this.#fresh = true;
    queueMicrotask(() => {
      this.#fresh = false;
    });
    this.#show([...this.#watched].flatMap((readers) => readers.states()));
  }

  #show(states: readonly QuotaState[]): void {
    // What no quota speaks for any more is absent, not stuck at its last value.
    for (const cell of this.#shown) cell.value = undefined;
    this.#shown = [];
    const sharing = Map.groupBy(states, ({ group }) => this.#cellsOf(group));
    for (const [cells, those] of sharing) this.#showGroup(cells, those);
    this.#set(this.#storeUp, storeUp(states));
  }

  #showGroup(cells: QuotaCells, states: readonly QuotaState[]): void {
    const { windows, runningTime, waiting, nextFreeMs } = viewOf(states);
    for (const { per, limit, used } of windows) {
      this.#set(cells.limit(per), limit);
      this.#set(cells.used(per), used);
    }
    this.#set(cells.waiting, waiting);
    this.#set(cells.nextFree, nextFreeMs / 1_000);
    if (runningTime === undefined) return;
    this.#set(cells.running, runningTime.usedMs / 1_000);
    this.#set(cells.runningLimit, runningTime.limitMs / 1_000);
  }

  #set(cell: GaugeCell, value: number | undefined): void {
    cell.value = value;
    if (value !== undefined) this.#shown.push(cell);
  }
}
