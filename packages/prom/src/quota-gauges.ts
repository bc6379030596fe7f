import type { QuotaState, ReadQuotas } from '@defender-resilience/core';
import { storeUp, viewOf } from './quota-view.ts';
import type { CounterSeries, GaugeSeries } from './series.ts';
import { nameOf, warnOnce } from './warn.ts';

/** The series of one group's quota. */
export interface QuotaSeries {
  readonly limit: (per: string) => GaugeSeries;
  readonly used: (per: string) => GaugeSeries;
  readonly waiting: GaugeSeries;
  readonly nextFree: GaugeSeries;
  readonly running: GaugeSeries;
  readonly runningLimit: GaugeSeries;
  readonly changes: (reason: string) => CounterSeries;
}

/** A program that creates a wrapper for each call must not fill its memory: older ones are forgotten. */
const MAX_WRAPPERS = 1_000;

/** Reads the quotas of all wrappers at each scrape, since they change as time passes. */
export class QuotaGauges {
  readonly #seriesOf: (group: string) => QuotaSeries;
  readonly #storeUp: GaugeSeries;
  readonly #reads = new Set<ReadQuotas>();
  /** The series that had a value at the last scrape. */
  #shown: GaugeSeries[] = [];
  #fresh = false;

  /** @param seriesOf - returns the series of a group; all groups beyond the limit have the same ones */
  constructor(seriesOf: (group: string) => QuotaSeries, up: GaugeSeries) {
    this.#seriesOf = seriesOf;
    this.#storeUp = up;
  }

  /** Adds a wrapper. */
  watch(read: ReadQuotas): void {
    this.#reads.delete(read);
    this.#reads.add(read);
    if (this.#reads.size <= MAX_WRAPPERS) return;
    const [oldest] = this.#reads;
    if (oldest !== undefined) this.#reads.delete(oldest);
  }

  /** Counts a change of a limit. */
  changed(group: string, reason: string): void {
    this.#seriesOf(group).changes(reason).inc(1);
  }

  /** Updates the series. Several gauges call it during a scrape, but the quotas are read only once. */
  read(): void {
    if (this.#fresh || this.#reads.size === 0) return;
    this.#fresh = true;
    queueMicrotask(() => {
      this.#fresh = false;
    });
    this.#show([...this.#reads].flatMap(statesOf));
  }

  #show(states: readonly QuotaState[]): void {
    // A quota that no wrapper has any more must disappear instead of keeping its last value.
    for (const series of this.#shown) series.value = undefined;
    this.#shown = [];
    const sharing = Map.groupBy(states, ({ group }) => this.#seriesOf(group));
    for (const [series, those] of sharing) this.#showGroup(series, those);
    this.#set(this.#storeUp, storeUp(states));
  }

  #showGroup(series: QuotaSeries, states: readonly QuotaState[]): void {
    const { windows, runningTime, waiting, nextFreeMs } = viewOf(states);
    for (const { per, limit, used } of windows) {
      this.#set(series.limit(per), limit);
      this.#set(series.used(per), used);
    }
    this.#set(series.waiting, waiting);
    this.#set(series.nextFree, nextFreeMs / 1_000);
    if (runningTime === undefined) return;
    this.#set(series.running, runningTime.usedMs / 1_000);
    this.#set(series.runningLimit, runningTime.limitMs / 1_000);
  }

  #set(series: GaugeSeries, value: number | undefined): void {
    series.value = value;
    if (value !== undefined) this.#shown.push(series);
  }
}

/** The quotas of one wrapper; none when they cannot be read, since a scrape must not fail. */
function statesOf(read: ReadQuotas): readonly QuotaState[] {
  try {
    return read();
  } catch (error) {
    warnOnce(read, `The quotas of a wrapper could not be read: ${nameOf(error)}`);
    return [];
  }
}
