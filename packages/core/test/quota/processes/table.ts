// Prints the tables of docs/guide/quotas.md: npx -y pnpm@12.21.0 bench:quota [--short] [--only TEXT] [--clients]
import { parseArgs } from 'node:util';
import { clientsTable } from './clients-table.ts';
import { REAL, SHORT } from './fleet.ts';
import { burst, light } from './latencies.ts';
import { faultsOf, type Outcome, percent, ROUND_TRIPS, type Row, TROUBLES } from './rows.ts';
import { runRows } from './run-rows.ts';

const HELP = `Measures quotas that processes share through Redis, and prints a table.

  --short      minutes of ${SHORT.minuteMs / 1_000} s with ${SHORT.limit} calls, in place of real minutes with ${REAL.limit}
  --only TEXT  only rows whose name contains TEXT
  --clients    compares clients at the limit of a quota instead
`;

/** Real minutes cost little: most of them is waiting. */
const AT_ONCE = 8;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    clients: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.clients) process.stdout.write(await clientsTable());
else process.stdout.write(await sharedTable());

async function sharedTable(): Promise<string> {
  const scale = values.short ? SHORT : REAL;
  const all = [...ROUND_TRIPS, ...TROUBLES, burst, light];
  const rows = all.filter(({ name }) => name.includes(values.only));
  process.stderr.write(
    `${rows.length} rows, ${AT_ONCE} at once, in minutes of ${scale.minuteMs / 1_000} s with ${scale.limit} calls\n`,
  );
  const outcomes = await runRows(rows, scale, AT_ONCE, (row, outcome) => {
    const faults = faultsOf(row, outcome, scale);
    process.stderr.write(`${row.name}: ${faults.join('; ') || 'as asked'}\n`);
  });
  const lines = rows.flatMap((row) => {
    const outcome = outcomes.get(row);
    return outcome === undefined ? [] : [lineOf(row, outcome)];
  });
  return `| case | used | 429s | ThrottledErrors | the store was | |
| --- | ---: | ---: | ---: | --- | --- |
${lines.join('\n')}
`;
}

function lineOf({ name }: Row, outcome: Outcome): string {
  const { used, refused, throttled, failed, stores, reasons, note = '' } = outcome;
  const share = used === undefined ? '' : percent(used);
  const heard = [...new Set(stores)].filter((each) => each !== '').join(', ');
  const why = reasons.map((reason) => ` (${reason.split(' ').slice(0, 4).join(' ')} …)`).join('');
  const errors = failed === 0 ? throttled : `${throttled} and ${failed} others`;
  return `| ${name} | ${share} | ${refused} | ${errors} | ${heard}${why} | ${note} |`;
}
