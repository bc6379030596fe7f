// Which incidents to ask for next. Only `$filter` on `lastUpdateTime` and `$top` are used. The endpoint documents no
// `$orderby`, and Graph's counterpart has been seen to accept one and ignore it. `$skip` loses rows: when an incident
// changes, it moves in the list, the rows behind it move up, and the next page starts one row too late. So the export
// asks for windows of time, each small enough for one page.

/** The progress of an export. Times are in milliseconds since 1970. */
export interface Cursor {
  /** The export takes nothing that was last updated before this. */
  readonly since: number;
  /** Everything that was last updated before this is written. */
  readonly from: number;
  /** The length of the next window. */
  readonly widthMs: number;
  /** The latest update seen, by the service's own clock. */
  readonly newest: number;
  /** Rows that are already written but will be asked for again: their times and IDs. */
  readonly written: readonly string[];
}

/** From `from` (included) to `to` (excluded); without `to`, everything newer. */
export interface Window {
  readonly from: number;
  readonly to?: number;
}

/** What identifies a version of an incident: after a change, it is exported again. */
export interface Row {
  readonly incidentId: number;
  readonly lastUpdateTime: string;
}

const FIRST_WIDTH_MS = 86_400_000;
/** Clocks differ, but what is older than this by our clock is in the past for the service too. */
const CLOCK_MARGIN_MS = 3_600_000;
/** A change may appear in the list some time after it was made, so the next run looks back this far. */
const LATE_MS = 300_000;
/** After a nearly empty window, the next is at most this many times as long. */
const MAX_GROWTH = 16;

export function startingAt(since: number): Cursor {
  return { since, from: since, widthMs: FIRST_WIDTH_MS, newest: since, written: [] };
}

/** The next window; the last one has no end. */
export function windowOf({ from, widthMs, newest }: Cursor, now: number): Window {
  const to = from + widthMs;
  const past = Math.max(Math.min(newest, now), now - CLOCK_MARGIN_MS);
  return to <= past ? { from, to } : { from };
}

/** Remembers the newest update, whether or not these rows will be written. */
export function seen(cursor: Cursor, rows: readonly Row[]): Cursor {
  return { ...cursor, newest: Math.max(cursor.newest, ...rows.map(timeOf)) };
}

/** A smaller window for one that holds more than a page; undefined if it cannot be smaller. */
export function narrower(
  { from, to }: Window,
  rows: readonly Row[],
  now: number,
): Window | undefined {
  // A window without an end is cut before the newest row in it, which is certainly in the past.
  const end = to ?? Math.min(Math.max(...rows.map(timeOf)), now);
  const next = Math.max(halfWay(from, end), from + 1);
  return next < (to ?? now) ? { from, to: next } : undefined;
}

/** A smaller window for one that the service cannot answer; undefined if it cannot be smaller. */
export function halved({ from, to }: Window, now: number): Window | undefined {
  const next = halfWay(from, to ?? now - CLOCK_MARGIN_MS);
  return next > from ? { from, to: next } : undefined;
}

/** The rows that are not written yet, without duplicates. */
export function freshIn<R extends Row>({ written }: Cursor, rows: readonly R[]): readonly R[] {
  const known = new Set(written);
  return rows.filter((row) => {
    const isNew = !known.has(keyOf(row));
    known.add(keyOf(row));
    return isNew;
  });
}

/** After rows of a window are written and more are to come. */
export function within(cursor: Cursor, rows: readonly Row[]): Cursor {
  return { ...cursor, written: [...cursor.written, ...rows.map(keyOf)] };
}

/** After a whole window is written. It had `rows` of the `top` rows that fit on a page. */
export function beyond(
  cursor: Cursor,
  { from, to }: Window,
  { rows, top, now }: { readonly rows: number; readonly top: number; readonly now: number },
): Cursor {
  const lookBack = Math.max(Math.min(cursor.newest, now) - LATE_MS, cursor.since);
  const next = to ?? lookBack;
  return {
    ...cursor,
    from: next,
    widthMs: to === undefined ? cursor.widthMs : Math.ceil((to - from) * growth(rows, top)),
    written: cursor.written.filter((key) => timeOfKey(key) >= Math.min(next, lookBack)),
  };
}

/** Aims for windows that fill half a page. */
function growth(rows: number, top: number): number {
  return Math.min(Math.max(top / 2 / rows, 1), MAX_GROWTH);
}

function halfWay(from: number, to: number): number {
  return from + Math.floor((to - from) / 2);
}

function keyOf({ incidentId, lastUpdateTime }: Row): string {
  return `${lastUpdateTime} ${incidentId}`;
}

function timeOfKey(key: string): number {
  return Date.parse(key.split(' ')[0] ?? '');
}

export function timeOf({ lastUpdateTime }: Row): number {
  return Date.parse(lastUpdateTime);
}
