// A bulk export of 1,000 incidents at the limit of the tenant's quota, with an urgent call in the middle:
//
//   npx -y pnpm@12.21.0 demo:quota
//
// The simulated tenant allows what Microsoft documents, 100 calls a minute. Its minutes last 4 seconds, so
// that the export ends in under a minute.
import { parseArgs } from 'node:util';
import { createResilience, type Resilience } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';
import { wholeNumber } from '../support/cli.ts';
import { duration } from '../support/progress.ts';
import { ExportLine } from './line.ts';

const GROUP = 'incidents.get';
const CONCURRENCY = 20;
const PAGE = 100;

const HELP = `Usage: npx -y pnpm@12.21.0 demo:quota [options]

Exports incidents at the limit of a tenant's quota, against a simulator.

  --incidents N    how many incidents to export (default: 1000)
  --minute-ms MS   length of the quota's minute, in milliseconds (default: 4000)
  --help           show this text
`;

interface Options {
  readonly incidents: number;
  readonly minuteMs: number;
}

const { incidents, minuteMs } = readOptions();

process.stdout.write(`${incidents} incidents, 100 calls a minute, as Microsoft documents.
In this demo a minute lasts ${duration(minuteMs)}; with real minutes it takes ${Math.ceil(incidents / 100) - 1} of them.
`);
const simulator = await startSimulator({ incidents, minuteMs, record: 'counts' });
try {
  // #region quota
  const resilience = createResilience({
    hosts: { [new URL(simulator.url).host]: 'all' },
    // One call of a hundred is kept for urgent calls.
    quota: { minuteMs, reserve: 0.01 },
  });
  // #endregion quota
  process.exitCode = (await exportAll(resilience)) ? 0 : 1;
} finally {
  await simulator.close();
}

/** Ends the process after the help, and after a wrong option. */
function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        incidents: { type: 'string', default: '1000' },
        'minute-ms': { type: 'string', default: '4000' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit();
    }
    return {
      incidents: wholeNumber('--incidents', values.incidents, { min: 1, max: 100_000 }),
      minuteMs: wholeNumber('--minute-ms', values['minute-ms'], { min: 500, max: 60_000 }),
    };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Exports every incident; true when none was lost and no call was refused. */
async function exportAll(resilience: Resilience): Promise<boolean> {
  const { fetch } = resilience;
  const ids = await listIds(fetch);
  const line = new ExportLine({
    total: ids.length,
    minuteMs,
    state: () => resilience.snapshot().quotas.find(({ group }) => group === GROUP),
  });
  let exported = 0;
  let urgent: Promise<number> | undefined;
  const rest = ids.values();
  const work = async (): Promise<void> => {
    for (const id of rest) {
      const response = await fetch(`${simulator.url}/api/incidents/${id}`);
      await response.json();
      exported += 1;
      line.done(exported);
      if (exported >= ids.length / 2) urgent ??= askUrgently(resilience, id);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const refused = simulator.count({ answered: 429 });
  line.end([
    `${exported} of ${ids.length} incidents exported, ${refused} calls refused with 429`,
    `an urgent call in the middle of it took ${Math.round((await urgent) ?? 0)} ms`,
  ]);
  return exported === ids.length && refused === 0;
}

/** A playbook that cannot wait, so its call goes first. Returns how long it took, in milliseconds. */
async function askUrgently(resilience: Resilience, id: number): Promise<number> {
  const startedAt = performance.now();
  // #region priority
  await resilience.execute(
    'incidents.get',
    async ({ signal }) => {
      const response = await fetch(`${simulator.url}/api/incidents/${id}`, { signal });
      return response.json();
    },
    { priority: 10 },
  );
  // #endregion priority
  return performance.now() - startedAt;
}

/** All incidents' IDs, page by page. The list has a quota of its own. */
async function listIds(fetch: typeof globalThis.fetch): Promise<number[]> {
  const ids: number[] = [];
  for (let skip = 0; skip < incidents; skip += PAGE) {
    const url = `${simulator.url}/api/incidents?$top=${PAGE}&$skip=${skip}`;
    const response = await fetch(url);
    const page = (await response.json()) as { readonly value: { readonly incidentId: number }[] };
    ids.push(...page.value.map(({ incidentId }) => incidentId));
  }
  return ids;
}
