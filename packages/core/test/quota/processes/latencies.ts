import { outcomeOf, type Row, scaled } from './rows.ts';

const SERVICE_MS = 50;

/** How long many calls at once take where the store is far away. */
export const burst: Row = {
  name: '50 calls at once, round trip 120 ms',
  run: (scale) => {
    const fleet = { ...scale, processes: 1, concurrency: scale.limit / 2, roundTripMs: 120 };
    return outcomeOf({ ...fleet, everyMs: scale.minuteMs }, async (started) => {
      await started.pass(0.5);
      const took = (await started.durations()).toSorted((a, b) => a - b);
      return { note: `the last after ${Math.round(took.at(-1) ?? Number.NaN)} ms` };
    });
  },
};

/** How long a call takes that need not wait. */
export const light: Row = {
  name: 'light load, round trip 400 ms',
  run: (scale) => {
    const fleet = { ...scale, processes: 1, concurrency: 1, roundTripMs: 400 };
    const everyMs = scaled(3_000, scale);
    return outcomeOf({ ...fleet, latencyMs: SERVICE_MS, everyMs }, async (started) => {
      await started.pass(1);
      const took = (await started.durations()).toSorted((a, b) => a - b);
      const median = Math.round(took[Math.floor(took.length / 2)] ?? Number.NaN);
      return { note: `p50 ${median} ms, of which the service takes ${SERVICE_MS} ms` };
    });
  },
};
