import { expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';

it('no parser throws, hangs or changes prototypes, whatever it is given', {
  timeout: 60_000,
}, () => {
  expect(fuzz(1, 5_000)).toEqual([]);
});
