import { expect, it } from 'vitest';
import { runExample, withoutIds } from './run.ts';

/** A call that was repeated. */
const REPEATED = '3 incidents, with 3 requests';

/** What each recipe prints: a call that was repeated, one that was given up, and the hazard. */
const RECIPES: readonly (readonly [name: string, ...lines: readonly string[]])[] = [
  ['axios', REPEATED, 'true: Forbidden, tracking ID ID 1'],
  ['graph', REPEATED, 'true: Http502, tracking ID b5f0c2d1'],
  ['undici', REPEATED, '403: Forbidden, tracking ID ID 1'],
  ...['ky', 'got', 'superagent'].map(
    (name) =>
      [
        name,
        REPEATED,
        'true: InternalServerError, tracking ID ID 1',
        'stacked: 12 requests for one call',
      ] as const,
  ),
  [
    'azure-core',
    REPEATED,
    '500: InternalServerError, tracking ID ID 1',
    'stacked: 16 requests for one call',
  ],
];

it.each(RECIPES)('clients/%s.ts repeats, explains and warns', async (name, ...lines) => {
  const { stdout, stderr } = await runExample(`examples/clients/${name}.ts`);
  expect(stderr).toBe('');
  expect(withoutIds(stdout).trimEnd().split('\n')).toEqual(lines);
});
