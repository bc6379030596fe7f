import type { Bare } from './compare.ts';
import type { Entry } from './journal.ts';
import { duration, table, wrapText } from './table.ts';

const WIDTH = 100;

/** What happened to every call, with the advice for each code that was met. */
export function callReport(entries: readonly Entry[]): string {
  const rows = grouped(entries).map(({ entry, times }) => {
    const { operation, outcome, failure, attempts, waitedMs } = entry;
    return [
      times === 1 ? operation : `${operation} ×${times}`,
      failure?.code ?? '',
      String(failure?.status ?? ''),
      outcome === 'success' ? 'succeeded' : (failure?.verdict ?? ''),
      String(attempts),
      duration(waitedMs),
      failure?.trackingId ?? '',
    ];
  });
  const header = ['operation', 'code', 'status', 'verdict', 'attempts', 'waited', 'tracking ID'];
  return `${table(header, rows)}\n\n${adviceReport(entries)}`;
}

/** Calls that went the same way are one row: a burst of twenty is not twenty lines. */
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

function adviceReport(entries: readonly Entry[]): string {
  const advice = new Map<string, string>();
  for (const { failure, outcome } of entries) {
    if (failure?.advice !== undefined && outcome !== 'success')
      advice.set(failure.code, failure.advice);
  }
  const width = Math.max(...[...advice.keys()].map((code) => code.length));
  const lines = [...advice].flatMap(([code, text]) =>
    wrapText(text, WIDTH - width - 2).map(
      (line, index) => `${(index === 0 ? code : '').padEnd(width)}  ${line}`,
    ),
  );
  return `What to do\n${lines.join('\n')}`;
}

/** What the wrapper and the bare calls made of the same service. */
export function comparison(
  rows: readonly { title: string; entries: readonly Entry[]; requests: number; bare: Bare }[],
): string {
  const header = ['', 'calls', 'succeeded', 'bare', 'sent', 'bare sent'];
  return table(
    header,
    rows.map(({ title, entries, requests, bare }) => [
      title,
      String(entries.length),
      String(entries.filter(({ outcome }) => outcome === 'success').length),
      String(bare.succeeded),
      String(requests),
      String(bare.requests),
    ]),
  );
}

/** The series that an alert or a person looks at first; the others are counted. */
export function scrapeReport(lines: readonly string[]): string {
  const shown = lines.filter((line) =>
    /_(errors|retries|rejections|circuit_transitions)_total\{/.test(line),
  );
  return [...shown, `… and ${lines.length - shown.length} more series that count something`].join(
    '\n',
  );
}
