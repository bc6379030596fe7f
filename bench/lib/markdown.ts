import type { Cost } from './measure.ts';
import type { Summary } from './stats.ts';

/** A Markdown table; every column but the first is right-aligned. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = columns.map((_, index) => (index === 0 ? '---' : '--:'));
  return [columns, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A number with as many digits as it is worth. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toFixed(3);
}

/** A median with its quartiles. */
export function spread({ median, lower, upper }: Summary): string {
  return `${number(median)} (${number(lower)}–${number(upper)})`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Cases side by side: nanoseconds, ratios to the base cases, and garbage. */
export function costTable(costs: readonly Cost[], bases: readonly string[]): string {
  const columns = ['case', 'ns per call', ...bases.map((base) => `÷ ${base}`), 'GC, ns per call'];
  const rows = costs.map(({ name, ns, gcNs }) => [
    name,
    spread(ns),
    ...bases.map((base) => number(ns.median / medianOf(costs, base))),
    number(gcNs),
  ]);
  return table(columns, rows);
}

/** The median of a case. */
export function medianOf(costs: readonly Cost[], name: string): number {
  return costs.find((cost) => cost.name === name)?.ns.median ?? Number.NaN;
}
