import { field, numbersIn } from '../support/json.ts';
import { type Cursor, startingAt } from './cursor.ts';

/** What an export keeps between runs. */
export interface ExportState {
  /** The host that the incidents came from. */
  readonly source: string;
  readonly cursor: Cursor;
  readonly incidents: number;
  readonly pages: number;
}

export function firstState(source: string, since: number): ExportState {
  return { source, cursor: startingAt(since), incidents: 0, pages: 0 };
}

/** Reads a saved state; undefined if it is not one. */
export function parseState(saved: unknown): ExportState | undefined {
  const source = field(saved, 'source');
  const counts = numbersIn(saved, ['incidents', 'pages']);
  const cursor = field(saved, 'cursor');
  const times = numbersIn(cursor, ['since', 'from', 'widthMs', 'newest']);
  const written = field(cursor, 'written');
  if (typeof source !== 'string' || counts === undefined || times === undefined) return undefined;
  if (!Array.isArray(written) || !written.every((key) => typeof key === 'string')) return undefined;
  return { source, ...counts, cursor: { ...times, written } };
}
