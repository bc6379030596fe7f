import { costTable, medianOf, number, table } from '../lib/markdown.ts';
import { bytesPerCall, measure } from '../lib/measure.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';
import { caseOf, cockatiel, floor, functionPeers, ours, passthrough } from '../peers/functions.ts';

const BASES = [passthrough.name, cockatiel.name];

/** Around an async function that resolves at once. */
export async function success(effort: Effort): Promise<Chapter> {
  const cases = functionPeers.map(caseOf);
  const costs = await measure(cases, {
    rounds: by(effort, 15, 5),
    sampleMs: by(effort, 30, 10),
  });
  const ns = (name: string): number => medianOf(costs, name);
  return {
    text: costTable(costs, BASES),
    values: {
      'execute ÷ cockatiel': ns(ours.name) / ns(cockatiel.name),
      'execute ÷ passthrough': ns(ours.name) / ns(passthrough.name),
      'floor ÷ cockatiel': ns(floor.name) / ns(cockatiel.name),
      'floor ÷ passthrough': ns(floor.name) / ns(passthrough.name),
      'p-retry > opossum ÷ cockatiel': ns('p-retry around opossum') / ns(cockatiel.name),
      'opossum ÷ passthrough': ns('opossum') / ns(passthrough.name),
    },
  };
}

/** The bytes of the same cases, in a process whose young generation holds a whole sample. */
export async function bytes(effort: Effort): Promise<Chapter> {
  const taken = await bytesPerCall(functionPeers.map(caseOf), by(effort, 5, 2));
  const of = (name: string): number => taken.get(name)?.median ?? Number.NaN;
  const rows = [...taken].map(([name, { median }]) => [
    name,
    number(median),
    number(median / of(cockatiel.name)),
  ]);
  return {
    text: table(['case', 'bytes per call', `÷ ${cockatiel.name}`], rows),
    values: {
      'bytes ÷ cockatiel': of(ours.name) / of(cockatiel.name),
      'floor bytes ÷ cockatiel': of(floor.name) / of(cockatiel.name),
      'opossum bytes ÷ cockatiel': of('opossum') / of(cockatiel.name),
    },
  };
}
