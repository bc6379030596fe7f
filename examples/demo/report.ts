import type { Bare } from './compare.ts';
import type { Entry } from './journal.ts';
import { duration, pageWidth, table, wrapText } from './table.ts';

/** The outcome of a scenario, with and without the wrapper. */
export interface Compared {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly requests: number;
  readonly bare: Bare;
}

/** The same calls with the wrapper and with the bare client. */
export function comparison(rows: readonly Compared[]): string {
  const header = ['', 'calls', 'ok', 'ok bare', 'sent', 'sent bare'];
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

/** One line per kind of call. */
export function callTable(entries: readonly Entry[]): string {
  const rows = grouped(entries).map(({ entry, times }) => {
    const { operation, outcome, failure, attempts, waitedMs } = entry;
    return [
      times === 1 ? operation : `${operation} ×${times}`,
      failure?.code ?? '',
      String(failure?.status ?? ''),
      outcome === 'success' ? 'succeeded' : (failure?.verdict ?? ''),
      String(attempts),
      duration(waitedMs),
    ];
  });
  return table(['operation', 'code', 'status', 'result', 'sent', 'waited'], rows);
}

/** Everything the wrapper knows about one failed call. */
export function explanation({ operation, failure, attempts }: Entry): string {
  const facts: (readonly [name: string, text: string | undefined])[] = [
    ['operation', operation],
    ['code', failure?.code],
    ['result', `${failure?.verdict}, sent ${attempts === 1 ? 'once' : `${attempts} times`}`],
    ['tracking ID', failure?.trackingId],
    ['advice', failure?.advice],
  ];
  return facts.map(([name, text]) => paragraph(name, text ?? '', 12)).join('\n');
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
      const title = trackingId === undefined ? code : `${code}, tracking ID ${trackingId}`;
      const lines = wrapText(advice, pageWidth() - 2).map((line) => `  ${line}`);
      return [title, ...lines].join('\n');
    })
    .join('\n');
}

/** The series that a person or an alert looks at first, and how many others there are. */
export function scrapeReport(lines: readonly string[]): string {
  const shown = lines.filter((line) =>
    /_(errors|retries|rejections|circuit_transitions)_total\{/.test(line),
  );
  return [...shown, `… and ${lines.length - shown.length} more series above zero`].join('\n');
}

function paragraph(name: string, text: string, indent: number): string {
  const lines = wrapText(text, pageWidth() - indent - 2);
  return lines
    .map((line, index) => `  ${(index === 0 ? name : '').padEnd(indent)}${line}`)
    .join('\n');
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
