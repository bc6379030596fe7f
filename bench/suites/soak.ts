import { setImmediate as nextTurn } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { number, table } from '../lib/markdown.ts';
import { by, type Chapter, type Effort, type Point } from '../lib/suite.ts';

const SAMPLES = 20;

/** Millions of calls through one wrapper, with a look at the heap in between. */
export async function soak(effort: Effort): Promise<Chapter> {
  const calls = by(effort, 10_000_000, 1_000_000);
  const resilience = createResilience();
  const { signal } = new AbortController();
  let made = 0;
  const call = (): Promise<number> => {
    made += 1;
    const operation = `job.${made % 10}`;
    if (made % 1_000 === 0) return resilience.execute(operation, fail).catch(() => 0);
    return resilience.execute(operation, async () => 1, made % 3 === 0 ? { signal } : undefined);
  };
  const heap: Point[] = [];
  for (let sample = 0; sample <= SAMPLES; sample += 1) {
    heap.push({ x: made, y: await heapUsed() });
    if (sample < SAMPLES) for (let left = calls / SAMPLES; left > 0; left -= 1) await call();
  }
  // The first samples are of a heap that is still warming up.
  const settled = heap.slice(SAMPLES / 4);
  const [first, last] = [settled[0]?.y ?? Number.NaN, settled.at(-1)?.y ?? Number.NaN];
  return {
    text: [
      `${calls.toLocaleString('en-US')} calls, one in a thousand failing, every third with the same signal:`,
      table(
        ['calls', 'heap after collection, MB'],
        heap
          .filter((_, index) => index % 4 === 0)
          .map(({ x, y }) => [x.toLocaleString('en-US'), number(y / 1e6)]),
      ),
    ].join('\n\n'),
    values: { 'heap growth, bytes per call': (last - first) / ((calls * 3) / 4) },
    series: { heap },
  };
}

async function fail(): Promise<number> {
  throw Object.assign(new Error('refused'), { status: 403 });
}

async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}
