import { startSimulator } from '@defender-resilience/simulator';
import { type Result, run } from './bulk.ts';
import { OURS, PEERS } from './clients.ts';

const job = { calls: 400, concurrency: 20, minuteMs: 5_000 };

function table(results: readonly Result[]): string {
  const rows = results.map(({ name, done, lost, refused, minutes, used }) => {
    const share = used === undefined ? '' : `${(100 * used).toFixed(1)} %`;
    return `| ${name} | ${done} | ${lost} | ${refused} | ${minutes.toFixed(1)} | ${share} |`;
  });
  return `| client | done | lost | 429s | minutes | used |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

/** The path of one of the incidents that every simulator has. */
async function anIncident(): Promise<string> {
  await using simulator = await startSimulator();
  const response = await fetch(`${simulator.url}/api/incidents?$top=1`);
  const { value } = (await response.json()) as { value: { incidentId: number }[] };
  return `/api/incidents/${value[0]?.incidentId}`;
}

/** What clients do with a bulk job at the limit of a quota. */
export async function clientsTable(): Promise<string> {
  const clients = [...PEERS, OURS];
  const told = await Promise.all(clients.map((client) => run(client, job)));
  // Defender XDR says the wait in the body alone.
  const incident = await anIncident();
  const xdr = clients.filter(({ path }) => path.startsWith('/api/'));
  const untold = await Promise.all(xdr.map((client) => run(client, job, incident)));
  return `Where a header says the wait (MDE, Graph)

${table(told)}
Where only the body says it (XDR)

${table(untold)}`;
}
