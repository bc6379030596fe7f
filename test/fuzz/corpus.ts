import { readFileSync, writeFileSync } from 'node:fs';
import type { Target } from './targets/target.ts';

const fileOf = ({ file }: Target): URL => new URL(`corpus/${file}.json`, import.meta.url);
/** So many inputs of a parser are recorded, so long each at most. */
const MAX_INPUTS = 60;
const MAX_LENGTH = 300;

/** The inputs of a parser that reached something new in an earlier run. */
export function recordedInputs(target: Target): readonly string[] {
  try {
    return JSON.parse(readFileSync(fileOf(target), 'utf8')) as readonly string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Records the shortest of the inputs, beside those that are recorded. */
export function recordInputs(target: Target, found: readonly string[]): void {
  const seeds = new Set(target.seeds);
  const inputs = [...new Set([...recordedInputs(target), ...found])]
    .filter((input) => input.length <= MAX_LENGTH && !seeds.has(input))
    .toSorted((a, b) => a.length - b.length)
    .slice(0, MAX_INPUTS);
  writeFileSync(fileOf(target), `${JSON.stringify(inputs, undefined, 2)}\n`);
}
