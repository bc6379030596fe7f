// How an export finds its way. It relies on two things alone: `$filter` on `lastUpdateTime`, and `$top`.
// Not on an order: the endpoint documents no `$orderby`, and Graph's twin has been seen to accept one
// by the last update and to ignore it. Nor on counting rows with `$skip`: an incident that changes
// leaves its place, all behind it move up, and the next page begins one row too late. So time is cut
// into windows that hold one page at most.

/** How far an export has come. Times are in milliseconds since 1970. */
export interface Cursor {
  /** Nothing that was last updated before belongs to the export. */
  readonly since: number;
  /** All that was last updated before is written. */
  readonly from: number;
  /** How much time is asked for at once. */
  readonly widthMs: number;
  /** The latest update seen, by the service's own clock. */
  readonly newest: number;
  /** What is written of the time that will be asked for once more: time and ID. */
  readonly written: readonly string[];
}

/** A stretch of time: `from` is in it, `to` is not. Without `to`, all that is newer is in it. */
export interface Window {
  readonly from: number;
  readonly to?: number;
}

/** What counts of an incident here. One that has changed is a row of its own. */
export interface Row {
  readonly incidentId: number;
  readonly lastUpdateTime: string;
}

const FIRST_WIDTH_MS = 86_400_000;
/** Clocks differ: what is so old by ours is in the past for the service, too. */
const CLOCK_MARGIN_MS = 3_600_000;
/** A change may show in the list a while after its time. The next run looks that far back. */
const LATE_MS = 300_000;
/** After a window with next to nothing in it, the next is at most so many times as wide. */
const MAX_GROWTH = 16;

export function startingAt(since: number): Cursor {
  return { since, from: since, widthMs: FIRST_WIDTH_MS, newest: since, written: [] };
}

/** The window to ask for next; the last one has no end. */
export function windowOf({ from, widthMs, newest }: Cursor, now: number): Window {
  const to = from + widthMs;
  const past = Math.max(Math.min(newest, now), now - CLOCK_MARGIN_MS);
  return to <= past ? { from, to } : { from };
}

/** Takes notice of rows, whether they will be written or asked for again. */
export function seen(cursor: Cursor, rows: readonly Row[]): Cursor {
  return { ...cursor, newest: Math.max(cursor.newest, ...rows.map(timeOf)) };
}

/** A smaller window for one that holds more than a page; undefined where it cannot be smaller. */
export function narrower(
  { from, to }: Window,
  rows: readonly Row[],
  now: number,
): Window | undefined {
  // A window without an end is cut before the newest that it shows: that is in the past for sure.
  const end = to ?? Math.min(Math.max(...rows.map(timeOf)), now);
  const next = Math.max(halfWay(from, end), from + 1);
  return next < (to ?? now) ? { from, to: next } : undefined;
}

/** A smaller window for one that the service cannot answer; undefined where there is none. */
export function halved({ from, to }: Window, now: number): Window | undefined {
  const next = halfWay(from, to ?? now - CLOCK_MARGIN_MS);
  return next > from ? { from, to: next } : undefined;
}

/** The rows that are not written yet, each once. */
export function freshIn<R extends Row>({ written }: Cursor, rows: readonly R[]): readonly R[] {
  const known = new Set(written);
  return rows.filter((row) => {
    const isNew = !known.has(keyOf(row));
    known.add(keyOf(row));
    return isNew;
  });
}

/** Rows are written, but their window has more of them. */
export function within(cursor: Cursor, rows: readonly Row[]): Cursor {
  return { ...cursor, written: [...cursor.written, ...rows.map(keyOf)] };
}

/** All of a window is written: it had so many rows, of `top` that fit into a page. */
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

/** Aims at windows that are half full. */
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
