import { field, numbersIn } from '../support/json.ts';
import type { Slice } from './queries.ts';

/** How far one query has come. */
export interface QueryState {
  /** All rows before are written; milliseconds since 1970. */
  readonly until: number;
  /** How much time is asked for at once. */
  readonly widthMs: number;
  readonly rows: number;
}

/** What a hunt remembers when it is stopped. */
export interface HuntState {
  /** Whose events they are. */
  readonly source: string;
  readonly range: Slice;
  readonly queries: Readonly<Record<string, QueryState>>;
}

/** Reads a state that was saved; undefined when it is none. */
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
