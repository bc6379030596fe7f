/** Splits a text into words, to write lists in tables without quotes around each entry. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The Levenshtein distance, counting two swapped letters as one step. Reads up to 50 characters. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 50), b.slice(0, 50)];
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row.push(
        Math.min(
          replaced,
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(from.length, to.length);
}
