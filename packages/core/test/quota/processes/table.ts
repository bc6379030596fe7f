// Prints the tables of docs/guide/quotas.md: npx -y pnpm@12.21.0 bench:quota [--short] [--only TEXT] [--clients]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { clientsTable } from './clients-table.ts';
import { REAL, SHORT } from './fleet.ts';
import { burst, light } from './latencies.ts';
import {
  faultsOf,
  type Outcome,
  percent,
  ROUND_TRIPS,
  type Row,
  TROUBLES,
  wasStarved,
} from './rows.ts';

const HELP = `Measures quotas that processes share through Redis, and prints a table.

  --short      minutes of ${SHORT.minuteMs / 1_000} s with ${SHORT.limit} calls, in place of real minutes with ${REAL.limit}
  --only TEXT  only rows whose name contains TEXT
  --clients    compares clients at the limit of a quota instead
`;

/** Real minutes cost little: most of them is waiting. All of a batch start together, and then measure. */
const AT_ONCE = 8;
const ROWS = [...ROUND_TRIPS, ...TROUBLES, burst, light];

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    row: { type: 'string' },
    clients: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const scale = values.short ? SHORT : REAL;
const chosen = ROWS.find(({ name }) => name === values.row);

if (values.help) process.stdout.write(HELP);
else if (chosen !== undefined) process.stdout.write(JSON.stringify(await chosen.run(scale)));
else if (values.clients) process.stdout.write(await clientsTable());
else process.stdout.write(await sharedTable());

async function sharedTable(): Promise<string> {
  const rows = ROWS.filter(({ name }) => name.includes(values.only));
  process.stderr.write(
    `${rows.length} rows, ${AT_ONCE} at once, in minutes of ${scale.minuteMs / 1_000} s with ${scale.limit} calls\n`,
  );
  const lines: string[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const batch = rows.slice(first, first + AT_ONCE).map(measured);
    lines.push(...(await Promise.all(batch)));
  }
  return `| case | used | 429s | ThrottledErrors | the store was | |
| --- | ---: | ---: | ---: | --- | --- |
${lines.join('\n')}
`;
}

/** Runs a row in a process of its own, whose simulator and proxy no other row holds up. */
async function measured(row: Row): Promise<string> {
  const flags = ['--conditions=@defender-resilience/source', fileURLToPath(import.meta.url)];
  const options = [...(values.short ? ['--short'] : []), '--row', row.name];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...options]);
  const outcome = JSON.parse(stdout) as Outcome;
  const faults = faultsOf(row, outcome, scale);
  const judged = wasStarved(outcome) ? 'kept from running: not judged' : 'as asked';
  process.stderr.write(`${row.name}: ${faults.join('; ') || judged}\n`);
  return lineOf(row, outcome);
}

function lineOf({ name }: Row, outcome: Outcome): string {
  const { used, refused, throttled, failed, stores, reasons, note = '' } = outcome;
  const share = used === undefined ? '' : percent(used);
  const heard = [...new Set(stores)].filter((each) => each !== '').join(', ');
  const why = reasons.map((reason) => ` (${reason.split(' ').slice(0, 4).join(' ')} …)`).join('');
  const errors = failed === 0 ? throttled : `${throttled} and ${failed} others`;
  return `| ${name} | ${share} | ${refused} | ${errors} | ${heard}${why} | ${note} |`;
}
