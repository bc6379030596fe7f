import { widthOf } from './layout.ts';

export type Row = readonly string[];

/**
 * Formats rows in columns, each as wide as its widest cell. Truncates rows to the width of the screen, so that
 * a live view keeps its line count.
 *
 * @param isNumeric - aligns all cells except the first to the right
 */
export function columnsOf(
  rows: readonly Row[],
  columns: number,
  isNumeric = false,
): readonly string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) =>
      row
        .map((cell, index) => Math.max(widest[index] ?? 0, widthOf(cell)))
        .concat(widest.slice(row.length)),
    [],
  );
  return rows.map((row) => {
    const cells = row.map((cell, index) => pad(cell, widths[index] ?? 0, isNumeric && index > 0));
    return cut(cells.join('  ').trimEnd(), columns);
  });
}

function pad(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return right ? `${space}${cell}` : `${cell}${space}`;
}

/** Truncates a text to a number of columns, and keeps its colours. */
function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let width = 0;
  let kept = '';
  // Colour sequences occupy no columns.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences begin with one
  for (const [part] of text.matchAll(/\u001b\[[\d;]*m|[\s\S]/gu)) {
    const isColour = part.length > 1 && part.startsWith('\u001b');
    if (!isColour && width >= columns - 1) continue;
    kept += part;
    if (!isColour) width += 1;
  }
  return `${kept}…`;
}
