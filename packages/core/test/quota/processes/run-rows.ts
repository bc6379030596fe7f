import type { Scale } from './fleet.ts';
import type { Outcome, Row } from './rows.ts';

/** Runs rows, so many at once. */
export async function runRows(
  rows: readonly Row[],
  scale: Scale,
  atOnce: number,
): Promise<ReadonlyMap<Row, Outcome>> {
  const outcomes = new Map<Row, Outcome>();
  const left = rows.values();
  const work = async (): Promise<void> => {
    for (const row of left) {
      const outcome = await row.run(scale);
      outcomes.set(row, outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
