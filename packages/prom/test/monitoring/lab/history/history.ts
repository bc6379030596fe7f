import { type Program, type Source, startProgram } from './program.ts';
import { remoteWrite, type WrittenSeries } from './remote-write.ts';
import { keyOf, type Labels, type Sample, type SampleExemplar } from './sample.ts';
import { poll, type Scenario, TENANTS } from './scenarios.ts';

const MINUTE_MS = 60_000;

/** How many minutes of samples are written at once. */
const BATCH = 30;

/** When before a scrape its exemplar happened: prom-client's own time is not that of the history. */
function secondsBefore(key: string): number {
  let sum = 0;
  for (const char of key) sum = (sum * 31 + char.charCodeAt(0)) % 50;
  return sum;
}

/** The scrapes of a program, until they are written. */
class Scrapes {
  readonly #labels: Labels;
  readonly #lastExemplars = new Map<string, string>();
  #series = new Map<
    string,
    {
      readonly labels: Labels;
      readonly samples: [number, number][];
      readonly exemplars: [number, SampleExemplar][];
    }
  >();

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  add(time: number, samples: readonly Sample[]): void {
    for (const { labels, value, exemplar } of samples) {
      const all = { ...labels, ...this.#labels };
      const key = keyOf(all);
      const series = this.#series.get(key) ?? { labels: all, samples: [], exemplars: [] };
      this.#series.set(key, series);
      series.samples.push([time, value]);
      if (exemplar !== undefined && this.#isNew(key, exemplar))
        series.exemplars.push([time - secondsBefore(key) * 1_000, exemplar]);
    }
  }

  take(): readonly WrittenSeries[] {
    const taken = [...this.#series.values()];
    this.#series = new Map();
    return taken;
  }

  #isNew(key: string, { labels }: SampleExemplar): boolean {
    const text = keyOf(labels);
    const isNew = this.#lastExemplars.get(key) !== text;
    this.#lastExemplars.set(key, text);
    return isNew;
  }
}

export interface HistoryOptions {
  readonly scenario: Scenario;
  readonly source: Source;
  /** How long the history is. It ends now. */
  readonly minutes: number;
  readonly job?: string;
}

async function minute(
  program: Program,
  scenario: Scenario,
  minutesAgo: number,
  end: number,
): Promise<void> {
  await poll(program, minutesAgo, scenario);
  // Waits may have moved time further than a minute.
  const left = end - program.time.clock.epoch();
  if (left > 0) await program.time.pass(left);
}

/**
 * Lets a real program make calls in virtual time, and writes what Prometheus would have scraped once a
 * minute. Returns when the last scrape was, in milliseconds since 1970.
 */
export async function writeHistory(
  prometheus: string,
  { scenario, source, minutes, job = 'soar' }: HistoryOptions,
): Promise<number> {
  const to = Math.floor(Date.now() / 1_000) * 1_000;
  const from = to - minutes * MINUTE_MS;
  await using program = await startProgram(from, TENANTS, source);
  const scrapes = new Scrapes({ job, instance: '10.0.3.17:9464' });
  for (let index = 1; index <= minutes; index += 1) {
    const end = from + index * MINUTE_MS;
    await minute(program, scenario, minutes - index, end);
    scrapes.add(end, await program.scrape());
    if (index % BATCH === 0 || index === minutes) await remoteWrite(prometheus, scrapes.take());
  }
  return to;
}
