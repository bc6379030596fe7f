import type { Chance } from '../chaos/random.ts';

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

/** A text that is like one of the pool: up to four changes away from it. */
export function mutated(pool: readonly string[], chance: Chance): string {
  let text = chance.one(...pool);
  for (let change = chance.int(1, 4); change > 0; change -= 1) {
    const at = chance.int(0, text.length);
    const to = Math.min(at + chance.int(0, 8), text.length);
    const kind = chance.int(0, 5);
    if (kind === 0) text = text.slice(0, at) + text.slice(to);
    else if (kind === 1) text = text.slice(0, at) + chance.one(...WORDS) + text.slice(at);
    else if (kind === 2) {
      // Long repetitions are what makes parsers slow; most are short, so that most inputs are.
      const times = chance.int(2, chance.chance(0.1) ? 400 : 6);
      text = text.slice(0, at) + text.slice(at, to).repeat(times) + text.slice(to);
    } else if (kind === 3)
      text = text.slice(0, at) + String.fromCharCode(chance.int(0, 0x2_ff)) + text.slice(to);
    else if (kind === 4)
      text = text.slice(0, at) + String(chance.int(-5, 1_000_000)) + text.slice(to);
    else text = text.slice(0, at) + chance.one(...pool).slice(chance.int(0, 40));
  }
  return text.slice(0, MAX_LENGTH);
}
