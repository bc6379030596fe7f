import { field, numbersIn } from '../support/json.ts';
import type { Slice } from './queries.ts';

/** The progress of one query. */
export interface QueryState {
  /** All rows before this are written; milliseconds since 1970. */
  readonly until: number;
  /** The length of the next slice. */
  readonly widthMs: number;
  readonly rows: number;
}

/** What a hunt keeps between runs. */
export interface HuntState {
  /** The host that the events came from. */
  readonly source: string;
  readonly range: Slice;
  readonly queries: Readonly<Record<string, QueryState>>;
}

/** Reads a saved state; undefined if it is not one. */
export function parseState(saved: unknown): HuntState | undefined {
  const source = field(saved, 'source');
  const range = numbersIn(field(saved, 'range'), ['from', 'to']);
  const queries: Record<string, QueryState> = {};
  for (const [name, value] of Object.entries(field(saved, 'queries') ?? {})) {
    const state = numbersIn(value, ['until', 'widthMs', 'rows']);
    if (state === undefined) return undefined;
    queries[name] = state;
  }
  return typeof source === 'string' && range !== undefined ? { source, range, queries } : undefined;
}
