import { setImmediate as nextTurn } from 'node:timers/promises';
import { createResilience } from '@defender-resilience/core';
import { number, table } from '../lib/markdown.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import { bare, cockatiel, type FunctionPeer, floor, ours } from '../peers/functions.ts';

const CALLS = 10_000;

/** Bytes that each call keeps while it is in flight, and the timers that it takes. */
export async function memory(effort: Effort): Promise<Chapter> {
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const peer of [bare, floor, ours, cockatiel]) {
    const { bytes, timers } = await heldBy(peer, by(effort, 3, 1));
    rows.push([peer.name, number(bytes), number(timers)]);
    values[`held by ${peer.name}`] = bytes;
  }
  const wrapper = await heldByWrapper();
  const circuit = await heldByCircuit();
  return {
    text: [
      table(['10,000 calls in flight', 'bytes held per call', 'timers'], rows),
      `An idle wrapper holds ${number(wrapper)} bytes, and each operation that was called through it, with its circuit, ${number(circuit)}.`,
    ].join('\n\n'),
    values: { ...values, 'held by an idle wrapper': wrapper, 'held by a circuit': circuit },
  };
}

async function heldByWrapper(): Promise<number> {
  const wrappers: object[] = [createResilience()];
  const before = await heapUsed();
  while (wrappers.length <= 1_000) wrappers.push(createResilience());
  return ((await heapUsed()) - before) / (wrappers.length - 1);
}

async function heldByCircuit(): Promise<number> {
  const resilience = createResilience();
  const call = (index: number): Promise<number> =>
    resilience.execute(`job.${index}`, async () => 1);
  await call(0);
  const before = await heapUsed();
  for (let index = 1; index < 1_000; index += 1) await call(index);
  const held = ((await heapUsed()) - before) / 999;
  // The wrapper must live until it was measured.
  if (resilience.snapshot().circuits.length < 1_000) throw new Error('A circuit was dropped');
  return held;
}

async function heldBy(
  { wrap }: FunctionPeer,
  count: number,
): Promise<{ bytes: number; timers: number }> {
  const rounds: { bytes: number; timers: number }[] = [];
  for (let round = 0; round < count; round += 1) {
    const answers: ((value: number) => void)[] = [];
    const call = wrap(
      () =>
        new Promise((resolve) => {
          answers.push(resolve);
        }),
    );
    const calls: Promise<unknown>[] = [];
    const timersBefore = timersNow();
    const before = await heapUsed();
    for (let index = 0; index < CALLS; index += 1) calls.push(call());
    const bytes = ((await heapUsed()) - before) / CALLS;
    rounds.push({ bytes, timers: timersNow() - timersBefore });
    for (const answer of answers) answer(1);
    await Promise.all(calls);
  }
  return rounds.at(-1) ?? { bytes: Number.NaN, timers: Number.NaN };
}

async function heapUsed(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  return process.memoryUsage().heapUsed;
}

// What keeps no process running is not listed, so timers are counted where they are made.
let timersMade = 0;
const { setTimeout: realSetTimeout } = globalThis;
globalThis.setTimeout = Object.assign((...args: Parameters<typeof realSetTimeout>) => {
  timersMade += 1;
  return realSetTimeout(...args);
}, realSetTimeout) as typeof realSetTimeout;

const timersNow = (): number => timersMade;
