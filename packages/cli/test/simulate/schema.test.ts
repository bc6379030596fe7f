import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { cli } from '../support.ts';

const schema = JSON.parse(
  await readFile('packages/cli/schema/scenario.schema.json', 'utf8'),
) as object;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

it.each<[string, unknown]>([
  ['nothing', {}],
  [
    'a script',
    { script: [500, 'Forbidden', { status: 429, retryAfter: 8, for: 'machines.list' }] },
  ],
  ['faults', { faults: { probability: 0.1, codes: ['reset'], latencyMs: [10, 20], for: '/api' } }],
  ['quotas', { quotas: { incidents: { perMinute: 10, perHour: 100 } }, minuteMs: 1_000 }],
  ['data', { incidents: 3, hunting: { DeviceInfo: [{ a: 1 }] }, newestAt: 'now', seed: 7 }],
  [
    'a timeline',
    {
      timeline: [
        { atMs: 1, outage: null },
        { atMs: 2, faults: null },
        { atMs: 3, expireTokens: true },
      ],
    },
  ],
  ['an unknown field', { chaos: true }],
  ['a probability above 1', { faults: { probability: 2 } }],
  ['a fault without a probability', { faults: {} }],
  ['a status below 200', { script: [100] }],
  ['an action that does not exist', { script: [{ action: 'explode' }] }],
  ['two happenings at once', { timeline: [{ atMs: 1, outage: {}, faults: null }] }],
  ['an event without a time', { timeline: [{ outage: {} }] }],
  ['a share above 1', { timeline: [{ atMs: 1, foreignLoad: { group: 'incidents', share: 2 } }] }],
  ['tokens that expire not', { timeline: [{ atMs: 1, expireTokens: false }] }],
  ['a clock', { clock: {} }],
  ['a date that is none', { newestAt: 'yesterday' }],
])('the schema and the program agree on %s', async (_, scenario) => {
  const folder = await mkdtemp(join(tmpdir(), 'scenario-'));
  const path = join(folder, 'scenario.json');
  await writeFile(path, JSON.stringify(scenario));
  const signal = AbortSignal.abort();
  const { code } = await cli(['simulate', '--port', '0', '--scenario', path], { signal });
  await rm(folder, { recursive: true });
  expect(code).toBe(validate(scenario) ? 0 : 2);
});
