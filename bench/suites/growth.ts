import { createResilience, type Observer } from '@defender-resilience/core';
import { number, table } from '../lib/markdown.ts';
import { type Case, measure, sequential } from '../lib/measure.ts';
import { by, type Chapter, type Effort, type Point } from '../lib/suite.ts';
import { cockatiel, type FunctionPeer, floor, ours } from '../peers/functions.ts';

const IN_FLIGHT = [1, 10, 100, 1_000, 10_000, 100_000];
const OPERATIONS = [1, 10, 100, 1_000];
const OBSERVERS = [1, 2, 4, 6, 8, 10];
const TENANTS = [1, 10, 100];

/** What a call costs as the number of something grows. */
export async function growth(effort: Effort): Promise<Chapter> {
  const flight = await inFlightCosts(effort);
  const operations = await operationCosts(effort);
  const observers = await observerCosts(effort);
  const tenants = await tenantCosts(effort);
  const y = (points: readonly Point[] | undefined, at: number): number =>
    points?.find(({ x }) => x === at)?.y ?? Number.NaN;
  return {
    text: [
      'ns per call, by the calls in flight:',
      pointTable(flight),
      'by the operations in turn:',
      pointTable(operations),
      'by the observers, each with every hook:',
      pointTable(observers),
      'by the tenants in turn, each with a wrapper of its own:',
      pointTable(tenants),
    ].join('\n\n'),
    values: {
      'ns at 100,000 in flight ÷ at 100': y(flight['ours'], 100_000) / y(flight['ours'], 100),
      'floor, ns at 100,000 in flight ÷ at 100':
        y(flight['floor'], 100_000) / y(flight['floor'], 100),
      'ns at 1,000 operations ÷ at 1': y(operations['ours'], 1_000) / y(operations['ours'], 1),
      'ns for each observer, last ÷ first':
        (y(observers['ours'], 10) - y(observers['ours'], 6)) /
        (y(observers['ours'], 6) - y(observers['ours'], 2)),
      'ns at 100 tenants ÷ at 1': y(tenants['ours'], 100) / y(tenants['ours'], 1),
    },
    series: {
      'floor in flight': flight['floor'] ?? [],
      'ours in flight': flight['ours'] ?? [],
      'cockatiel in flight': flight['cockatiel'] ?? [],
      'ours by operations': operations['ours'] ?? [],
      'ours by observers': observers['ours'] ?? [],
    },
  };
}

type Lines = Readonly<Record<string, readonly Point[]>>;

/** `size` calls are begun, and only then is the first one answered. */
async function inFlightCosts(effort: Effort): Promise<Lines> {
  const peers: Readonly<Record<string, FunctionPeer>> = { floor, ours, cockatiel };
  const lines: Record<string, Point[]> = { floor: [], ours: [], cockatiel: [] };
  for (const size of IN_FLIGHT) {
    if (effort.quick && size > 10_000) continue;
    const cases = Object.entries(peers).map(
      ([name, { wrap }]): Case => ({
        name,
        run: wave(wrap, size),
      }),
    );
    const costs = await measure(cases, {
      rounds: by(effort, 7, 3),
      sampleMs: by(effort, 40, 10),
    });
    for (const { name, ns } of costs) lines[name]?.push({ x: size, y: ns.median });
  }
  return lines;
}

function wave(wrap: FunctionPeer['wrap'], size: number): (count: number) => Promise<void> {
  let answer = Promise.withResolvers<number>();
  const call = wrap(() => answer.promise);
  return async (count) => {
    for (let left = count; left > 0; left -= size) {
      answer = Promise.withResolvers();
      const calls = Array.from({ length: Math.min(size, left) }, call);
      answer.resolve(1);
      await Promise.all(calls);
    }
  };
}

async function operationCosts(effort: Effort): Promise<Lines> {
  const points: Point[] = [];
  for (const size of OPERATIONS) {
    const names = Array.from({ length: size }, (_, index) => `job.${index}`);
    const resilience = createResilience();
    let next = 0;
    const call = (): Promise<number> => {
      next = (next + 1) % size;
      return resilience.execute(names[next] ?? '', async () => 1);
    };
    const [cost] = await measure([{ name: 'ours', run: sequential(call) }], {
      rounds: by(effort, 7, 3),
      sampleMs: by(effort, 30, 10),
    });
    if (cost !== undefined) points.push({ x: size, y: cost.ns.median });
  }
  return { ours: points };
}

/** A program for many tenants makes a wrapper for each. */
async function tenantCosts(effort: Effort): Promise<Lines> {
  const points: Point[] = [];
  for (const size of TENANTS) {
    const wrappers = Array.from({ length: size }, () => createResilience());
    let next = 0;
    const call = (): Promise<number> | undefined => {
      next = (next + 1) % size;
      return wrappers[next]?.execute('incidents.get', async () => 1);
    };
    const [cost] = await measure([{ name: 'ours', run: sequential(call) }], {
      rounds: by(effort, 7, 3),
      sampleMs: by(effort, 30, 10),
    });
    if (cost !== undefined) points.push({ x: size, y: cost.ns.median });
  }
  return { ours: points };
}

async function observerCosts(effort: Effort): Promise<Lines> {
  const points: Point[] = [];
  const nothing = (): void => undefined;
  const observer = (): Observer => ({
    call: () => ({
      attempt: () => ({ run: (send) => send(), end: nothing }),
      end: nothing,
    }),
  });
  for (const size of OBSERVERS) {
    const resilience = createResilience({ observers: Array.from({ length: size }, observer) });
    const run = sequential(() => resilience.execute('incidents.get', async () => 1));
    const [cost] = await measure([{ name: 'ours', run }], {
      rounds: by(effort, 7, 3),
      sampleMs: by(effort, 30, 10),
    });
    if (cost !== undefined) points.push({ x: size, y: cost.ns.median });
  }
  return { ours: points };
}

function pointTable(lines: Lines): string {
  const [first = []] = Object.values(lines);
  return table(
    ['', ...first.map(({ x }) => x.toLocaleString('en-US'))],
    Object.entries(lines).map(([name, points]) => [name, ...points.map(({ y }) => number(y))]),
  );
}
