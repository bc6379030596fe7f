import { beforeAll, describe, expect, it } from 'vitest';
import { hasRedis } from '../stores/redis-server.ts';
import { SHORT } from './fleet.ts';
import {
  faultsOf,
  type Outcome,
  percent,
  ROUND_TRIPS,
  type Row,
  TROUBLES,
  wasStarved,
} from './rows.ts';
import { runRows } from './run-rows.ts';

/** Of the round trips, those that say most: the others lie between them. */
const SHORTENED = [
  'round trip 0 ms, 8 processes',
  'round trip 120 ms, 1 process',
  'round trip 400 ms, 4 processes',
];
/** Takes longest, and is tested alone in contention.test.ts, and for a fleet in virtual time. */
const LONG = 'a foreign client takes half';

const rows: readonly Row[] = [
  ...TROUBLES.filter(({ name }) => name !== LONG),
  ...ROUND_TRIPS.filter(({ name }) => SHORTENED.includes(name)),
];

const present = await hasRedis();

describe.runIf(present)('processes that share a quota through Redis', () => {
  let outcomes: ReadonlyMap<Row, Outcome>;
  beforeAll(async () => {
    outcomes = await runRows(rows, SHORT);
  }, 400_000);

  it.each(rows)('$name', (row) => {
    const outcome = outcomes.get(row);
    if (outcome !== undefined && wasStarved(outcome)) {
      process.stderr.write(
        `${row.name}: kept from running for ${percent(outcome.starved)} of the time, what it used is not judged\n`,
      );
    }
    const faults = outcome === undefined ? ['did not run'] : faultsOf(row, outcome, SHORT);
    expect(faults, JSON.stringify(outcome)).toEqual([]);
  });
});
