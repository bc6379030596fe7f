import { expect, it } from 'vitest';
import { runExample, withoutIds } from './run.ts';

/** What differs from run to run replaced: the IDs, and durations. */
function stable(output: string): string {
  return withoutIds(output)
    .replaceAll(/\d+ ms/g, 'n ms')
    .replaceAll(/waited ms \d+/g, 'waited ms n');
}

it('prints the tree of a flaky call and of one that failed', async () => {
  const { stdout, stderr } = await runExample('examples/opentelemetry.ts');
  expect(stderr).toBe('');
  expect(stable(stdout)).toBe(`incidents: 200
machines: 403

└─ nightly export · n ms
   ├─ defender incidents.list · n ms · outcome success · attempts 3 · failed attempts ID 1,ID 2
   │  ├─ GET /api/incidents ✗ · n ms · status 500 · error InternalServerError · tracking ID ID 1
   │  ├─ GET /api/incidents ✗ · n ms · status 429 · error TooManyRequests · retry of InternalServerError · waited ms n · tracking ID ID 2
   │  └─ GET /api/incidents · n ms · status 200 · retry of TooManyRequests · waited ms n
   └─ defender machines.list ✗ · n ms · error DisabledFeature · outcome failure · attempts 1 · tracking ID ID 3
      └─ GET /api/machines ✗ · n ms · status 403 · error DisabledFeature · tracking ID ID 3
`);
});
