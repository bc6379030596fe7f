import { field } from '../support/json.ts';
import { type Row, timeOf, type Window } from './cursor.ts';

/** An incident as the service sends it, with all its fields, alerts and devices. */
export type Incident = Row & Readonly<Record<string, unknown>>;

/** One page of the list. */
export interface Page {
  readonly rows: readonly Incident[];
  /** The URL of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** The list's largest `$top`: https://learn.microsoft.com/defender-xdr/api-list-incidents */
export const MAX_TOP = 100;

export function listUrl(baseUrl: string, { from, to }: Window, top: number): string {
  const filter = [
    `lastUpdateTime ge ${iso(from)}`,
    ...(to === undefined ? [] : [`lastUpdateTime lt ${iso(to)}`]),
  ].join(' and ');
  return `${baseUrl}/api/incidents?$top=${top}&$filter=${encodeURIComponent(filter)}`;
}

/**
 * Reads the response to a request for `url`.
 *
 * @throws Error if it is not a list of incidents, or links to another host
 */
export function readPage(answer: unknown, url: string, { from, to = Infinity }: Window): Page {
  const rows = field(answer, 'value');
  if (!Array.isArray(rows) || !rows.every(isIncident)) {
    throw new Error('The response is not a list of incidents.');
  }
  // If the service ignored the filter, smaller windows would never help.
  const stray = rows.find((row) => timeOf(row) < from || timeOf(row) >= to);
  if (stray !== undefined) {
    throw new Error(`Incident ${stray.incidentId} is outside the requested time.`);
  }
  return { rows, next: nextUrl(field(answer, '@odata.nextLink'), url, rows.length) };
}

/** With `$top`, some endpoints send no link: then a full page means that there may be more. */
function nextUrl(link: unknown, asked: string, rows: number): string | undefined {
  const url = new URL(asked);
  if (typeof link === 'string') {
    // The request would carry the token to that host.
    if (new URL(link, url).origin === url.origin) return new URL(link, url).href;
    throw new Error(`The next page is on another host, ${new URL(link, url).host}.`);
  }
  if (rows < Number(url.searchParams.get('$top'))) return undefined;
  url.searchParams.set('$skip', String(Number(url.searchParams.get('$skip')) + rows));
  return url.href;
}

function isIncident(value: unknown): value is Incident {
  return (
    typeof field(value, 'incidentId') === 'number' &&
    !Number.isNaN(Date.parse(String(field(value, 'lastUpdateTime'))))
  );
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
