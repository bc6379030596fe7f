import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** What differs from run to run replaced: durations, and the IDs by the order of their appearance. */
function stable(output: string): string {
  const ids: string[] = [];
  return output
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `ID ${ids.indexOf(id) + 1}`;
    })
    .replaceAll(/\d+ ms/g, 'n ms')
    .replaceAll(/waited ms \d+/g, 'waited ms n');
}

it('prints the tree of a flaky call and of one that failed', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--conditions=@defender-resilience/source',
    'examples/opentelemetry.ts',
  ]);
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
