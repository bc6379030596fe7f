import { expect, it } from 'vitest';
import { recordedInputs } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { TARGETS } from './targets/index.ts';

it.each(TARGETS.map((target, index) => [target.name, target, index] as const))(
  'no input makes the parser of %s throw, hang, keep memory or change built-in objects',
  { timeout: 60_000 },
  async (_name, target, index) => {
    const { findings } = await fuzz(target, 1 + index, 4_000);
    expect(findings).toEqual([]);
  },
);

it('starts from inputs that reached new code in earlier runs', () => {
  expect(TARGETS.flatMap(recordedInputs).length).toBeGreaterThan(20);
});
