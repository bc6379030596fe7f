import { styleText } from 'node:util';
import type { Bare } from './compare.ts';
import type { Entry } from './journal.ts';
import { duration, table } from './table.ts';

/** The outcome of a scenario, with and without the wrapper. */
export interface Compared {
  readonly title: string;
  readonly difference: string;
  readonly entries: readonly Entry[];
  readonly requests: number;
  readonly bare: Bare;
}

/** The same calls with the bare client and with the wrapper. */
export function comparison(rows: readonly Compared[]): string {
  return table(
    rows.map(({ title, difference, entries, requests, bare }) => {
      const succeeded = entries.filter(({ outcome }) => outcome === 'success').length;
      return [
        title,
        String(entries.length),
        `${bare.succeeded} → ${better(succeeded, succeeded > bare.succeeded)}`,
        `${bare.requests} → ${better(requests, requests < bare.requests)}`,
        difference,
      ];
    }),
    ['', 'calls', 'succeeded', 'requests', 'what the wrapper does'],
  );
}

function better(value: number, isBetter: boolean): string {
  return isBetter ? styleText(['green', 'bold'], String(value)) : String(value);
}

/** One line per kind of call. */
export function callTable(entries: readonly Entry[]): string {
  const rows = grouped(entries).map(({ entry, times }) => {
    const { operation, failure, attempts, waitedMs } = entry;
    return [
      times === 1 ? operation : `${operation} ×${times}`,
      failure?.code ?? '',
      String(failure?.status ?? ''),
      resultOf(entry),
      String(attempts),
      duration(waitedMs),
    ];
  });
  return table(rows, ['operation', 'code', 'status', 'result', 'sent', 'waited']);
}

function resultOf({ outcome, failure }: Entry): string {
  if (outcome === 'success') return styleText('green', 'succeeded');
  if (outcome === 'rejected') return styleText('yellow', 'not sent');
  const verdict = failure?.verdict ?? '';
  return styleText(verdict === 'terminal' ? 'red' : 'yellow', verdict);
}

/** Everything the wrapper knows about one failed call. */
export function explanation({ operation, failure, attempts }: Entry): string {
  return table([
    ['  operation', operation],
    ['  code', failure?.code ?? ''],
    ['  result', `${failure?.verdict}, sent ${attempts === 1 ? 'once' : `${attempts} times`}`],
    ['  tracking ID', failure?.trackingId ?? ''],
    ['  advice', failure?.advice ?? ''],
  ]);
}

/** The advice and the last tracking ID of every code that failed a call. */
export function adviceReport(entries: readonly Entry[]): string {
  const seen = new Map<string, { advice: string; trackingId: string | undefined }>();
  for (const { failure, outcome } of entries) {
    if (failure?.advice === undefined || outcome === 'success') continue;
    seen.set(failure.code, { advice: failure.advice, trackingId: failure.trackingId });
  }
  return [...seen]
    .map(([code, { advice, trackingId }]) => {
      const id = trackingId === undefined ? '' : `, tracking ID ${trackingId}`;
      return `${styleText('bold', code)}${id}\n${table([['', advice]])}`;
    })
    .join('\n');
}

interface Series {
  readonly name: string;
  readonly labels: string;
  readonly value: string;
  readonly exemplar: string | undefined;
}

/** What a person or an alert looks at first, with an exemplar if it has one. */
const SERIES =
  /^(\w+_(?:errors|retries|rejections|circuit_transitions)_total)(\{.*?\}) (\S+)(?: # (\{.*?\}))?/;

function seriesIn(line: string): readonly Series[] {
  const [, name = '', labels = '', value = '', exemplar] = SERIES.exec(line) ?? [];
  return name === '' ? [] : [{ name, labels, value, exemplar }];
}

/** The most important series by name, an exemplar, and how many other series there are. */
export function scrapeReport(lines: readonly string[]): string {
  const shown = lines.flatMap(seriesIn);
  const metrics = Object.entries(Object.groupBy(shown, ({ name }) => name)).map(
    ([name, series = []]) => {
      const rows = series.map(({ labels, value }) => [`  ${labels}`, value]);
      return `${styleText('bold', name)}\n${table(rows)}`;
    },
  );
  const exemplar = shown.find((series) => series.exemplar !== undefined)?.exemplar;
  const example =
    exemplar === undefined ? [] : [`Errors carry an exemplar, such as\n  # ${exemplar}`];
  return [
    ...metrics,
    `… and ${lines.length - shown.length} more series above zero`,
    ...example,
  ].join('\n');
}

/** Calls that ended the same way share a row. */
function grouped(entries: readonly Entry[]): readonly { entry: Entry; times: number }[] {
  const groups = new Map<string, { entry: Entry; times: number }>();
  for (const entry of entries) {
    const { operation, outcome, failure, attempts } = entry;
    const key = [operation, outcome, failure?.code, attempts].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { entry, times: 1 });
    else group.times += 1;
  }
  return [...groups.values()];
}
