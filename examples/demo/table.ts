import { stripVTControlCharacters, styleText } from 'node:util';
import Table from 'cli-table3';

/** The width of the terminal, between 60 and 120 columns; 80 if there is none. */
function pageWidth(): number {
  return Math.min(Math.max(process.stdout.columns ?? 80, 60), 120);
}

const EDGES = ['top', 'bottom', 'left', 'right', 'mid'] as const;
const GAP = '  ';
/** No lines: only a gap between the columns. */
const CHARS = {
  ...Object.fromEntries(
    EDGES.flatMap((edge) => [edge, `${edge}-mid`, `${edge}-left`, `${edge}-right`, 'mid-mid']).map(
      (name) => [name, ''],
    ),
  ),
  middle: GAP,
};

type Row = readonly string[];

/** Rows in columns that fit the page: the last column wraps. Columns of numbers are aligned to the right. */
export function table(rows: readonly Row[], header: Row = []): string {
  const all = header.length === 0 ? rows : [header, ...rows];
  const columns = Math.max(...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...all.map((row) => widthOf(row[column]))),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const grid = new Table({
    head: header.map((title) => styleText('bold', title)),
    chars: CHARS,
    colWidths: [...widths.slice(0, -1), Math.min(widths.at(-1) ?? 0, pageWidth() - before)],
    colAligns: widths.map((_, column) => (isNumeric(rows, column) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    wordWrap: true,
  });
  grid.push(...rows.map((row) => [...row]));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function widthOf(cell = ''): number {
  return stripVTControlCharacters(cell).length;
}

function isNumeric(rows: readonly Row[], column: number): boolean {
  return rows.every((row) => /^[\d.,]*( m?s)?$/.test(stripVTControlCharacters(row[column] ?? '')));
}

/** Formats a duration for people. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
