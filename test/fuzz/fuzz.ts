import { type Chance, chanceOf } from '../chaos/random.ts';
import { TARGETS, type Target } from './targets.ts';

/** An input that broke a promise. */
export interface Finding {
  readonly target: string;
  readonly input: string;
  readonly problem: string;
}

/** So long may one input take at most: a hundred times what the slowest should. */
const SLOW_MS = 250;
const MAX_LENGTH = 4_096;
const WORDS = [
  '__proto__',
  'constructor',
  '"',
  '\\u0000',
  '{',
  ']',
  ',',
  '999999999999',
  ':',
  ' ',
  '\n',
  '%',
  '\u{1F600}',
  'again in',
  '00:00:0',
];

/** Tries `runs` inputs for each parser. */
export function fuzz(seed: number, runs: number): Finding[] {
  return TARGETS.flatMap((target, index) => fuzzTarget(target, seed + index * 1_000_003, runs));
}

function fuzzTarget(target: Target, seed: number, runs: number): Finding[] {
  const findings: Finding[] = [];
  const pool = [...target.corpus];
  const chance = chanceOf(seed);
  const known = Object.getOwnPropertyNames(Object.prototype).length;
  for (let run = 0; run < runs && findings.length < 3; run += 1) {
    const input = mutated(pool, chance);
    // Some of what was made is the start of what comes next, so that changes add up.
    if (chance.chance(0.01)) pool[chance.int(target.corpus.length, 200)] ??= input;
    const startedAt = performance.now();
    let problem: string | undefined;
    try {
      target.parse(input);
    } catch (error) {
      problem = String(error);
    }
    const tookMs = performance.now() - startedAt;
    // On a machine that stalls, the same input is quick when it is tried again.
    if (tookMs > SLOW_MS && isSlow(target, input)) problem = `took ${Math.round(tookMs)} ms`;
    if (Object.getOwnPropertyNames(Object.prototype).length !== known) problem = 'pollutes Object';
    if (problem !== undefined) findings.push({ target: target.name, input, problem });
  }
  return findings;
}

function isSlow(target: Target, input: string): boolean {
  const startedAt = performance.now();
  target.parse(input);
  return performance.now() - startedAt > SLOW_MS;
}

function mutated(pool: readonly (string | undefined)[], chance: Chance): string {
  let text = chance.one(...pool) ?? '';
  for (let change = chance.int(1, 4); change > 0; change -= 1) {
    const at = chance.int(0, text.length);
    const to = Math.min(at + chance.int(0, 8), text.length);
    const kind = chance.int(0, 5);
    if (kind === 0) text = text.slice(0, at) + text.slice(to);
    else if (kind === 1) text = text.slice(0, at) + chance.one(...WORDS) + text.slice(at);
    else if (kind === 2)
      text = text.slice(0, at) + text.slice(at, to).repeat(chance.int(2, 60)) + text.slice(to);
    else if (kind === 3)
      text = text.slice(0, at) + String.fromCharCode(chance.int(0, 0x2_ff)) + text.slice(to);
    else if (kind === 4)
      text = text.slice(0, at) + String(chance.int(-5, 1_000_000)) + text.slice(to);
    else text = text.slice(0, at) + (chance.one(...pool) ?? '').slice(chance.int(0, 40));
  }
  return text.slice(0, MAX_LENGTH);
}
