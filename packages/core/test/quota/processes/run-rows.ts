import type { Scale } from './fleet.ts';
import type { Outcome, Row } from './rows.ts';

/**
 * Runs rows at once, in this process. To start a fleet takes a while of the processor: all are started
 * before the first begins, so that none is measured meanwhile.
 */
export async function runRows(
  rows: readonly Row[],
  scale: Scale,
): Promise<ReadonlyMap<Row, Outcome>> {
  let started = 0;
  let last: Promise<unknown> = Promise.resolve();
  const all = Promise.withResolvers<void>();
  const begin = async <T>(start: () => Promise<T>): Promise<T> => {
    const own = last.then(start);
    last = own;
    const fleet = await own;
    started += 1;
    if (started === rows.length) all.resolve();
    await all.promise;
    return fleet;
  };
  const outcomes = await Promise.all(
    rows.map(async (row) => [row, await row.run({ ...scale, begin })] as const),
  );
  return new Map(outcomes);
}
