// Sends its parent the first schedule that fails, of those from a seed on.
import { firstFailure } from '../virtual/search.ts';

const [seed, runs] = process.argv.slice(2).map(Number);
const found = await firstFailure(seed ?? 1, runs ?? 1);
process.send?.({ after: found?.number, fault: found?.faults[0] });
process.disconnect();
