import { field } from '../support/json.ts';
import { type Row, timeOf, type Window } from './cursor.ts';

/** An incident as the service gives it: with all its fields, alerts and devices. */
export type Incident = Row & Readonly<Record<string, unknown>>;

/** One answer of the list. */
export interface Page {
  readonly rows: readonly Incident[];
  /** Where the rest is; undefined when this is all. */
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
 * Reads an answer of the list that was asked for at `url`.
 *
 * @throws Error when it is none, or leads elsewhere
 */
export function readPage(answer: unknown, url: string, { from, to = Infinity }: Window): Page {
  const rows = field(answer, 'value');
  if (!Array.isArray(rows) || !rows.every(isIncident)) {
    throw new Error('The service answered with something that is no list of incidents.');
  }
  // Had the filter no effect, cutting time into windows would end nowhere.
  const stray = rows.find((row) => timeOf(row) < from || timeOf(row) >= to);
  if (stray !== undefined) {
    throw new Error(`Incident ${stray.incidentId} is not from the time that was asked for.`);
  }
  return { rows, next: nextUrl(field(answer, '@odata.nextLink'), url, rows.length) };
}

/** With `$top`, some endpoints leave the link out: there a full page says that there may be more. */
function nextUrl(link: unknown, asked: string, rows: number): string | undefined {
  const url = new URL(asked);
  if (typeof link === 'string') {
    // The token goes wherever the link leads.
    if (new URL(link, url).origin === url.origin) return new URL(link, url).href;
    throw new Error(`The service leads to another host, ${new URL(link, url).host}.`);
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
