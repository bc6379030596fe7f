import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = 'packages/core/test/clients/programs/stack-traces.ts';
const NODE_22 = 'packages/core/node_modules/node-22/bin/node';

it.each([
  ['this Node', process.execPath],
  ['Node 22', NODE_22],
])('errors of every client name their caller on %s, on a retry too', async (_name, node) => {
  const args = ['--conditions=@defender-resilience/source', PROGRAM];
  const { stdout } = await promisify(execFile)(node, args);
  const same = { bare: [true], wrapped: [true, true] };
  expect(JSON.parse(stdout)).toEqual({
    fetch: same,
    execute: same,
    wrap: same,
    // The Graph SDK settles a promise of its own, which ends the trace with and without the wrapper.
    graph: { bare: [false], wrapped: [false, false] },
    kiota: same,
    axios: same,
  });
});
