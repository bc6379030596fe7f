import type { AlertName } from '../alerts/names.ts';
import type { Link } from './panel.ts';
import type { Scope } from './scope.ts';

/** A link to the runbook of each alert; none if nobody said where the runbooks are. */
export function runbookLinks(base: string, alerts: readonly AlertName[]): readonly Link[] {
  if (base === '') return [];
  return alerts.map((name) => ({
    title: `Runbook: ${name}`,
    url: `${base}/${name}`,
    newTab: true,
  }));
}

/** The value of another column of the row; empty if the table has no such column. */
export const cell = (field: string): string => `\${__data.fields.${field}}`;

/** The value of the cell itself. */
export const VALUE = `\${__value.raw}`;

const PLACEHOLDER = /\$\{[^}]+\}/g;

/** Encodes a text for a URL, but leaves what Grafana replaces. */
function encoded(text: string): string {
  let from = 0;
  let result = '';
  for (const match of text.matchAll(PLACEHOLDER)) {
    result += encodeURIComponent(text.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return result + encodeURIComponent(text.slice(from));
}

/** Explore, with one query of a data source in the time that the dashboard shows. */
function explore(datasource: string, query: Readonly<Record<string, unknown>>): string {
  const pane = {
    datasource,
    queries: [{ refId: 'A', ...query }],
    range: { from: `\${__from}`, to: `\${__to}` },
  };
  return `/explore?schemaVersion=1&panes=${encoded(JSON.stringify({ defender: pane }))}`;
}

/** A query of Prometheus in Explore, with its exemplars. */
export const exploreExemplars = (expr: string): string =>
  explore(`\${datasource}`, {
    datasource: { type: 'prometheus', uid: `\${datasource}` },
    expr,
    exemplar: true,
    range: true,
  });

/** Where the trace of an exemplar is; undefined leaves it to the data source's own links. */
export function traceLink({ settings }: Scope): Link | undefined {
  const { traceLink: address, tracesDatasource: uid } = settings;
  if (address !== '')
    return { title: 'Open the trace', url: address.replaceAll('{trace_id}', VALUE), newTab: true };
  if (uid === '') return undefined;
  const url = explore(uid, {
    datasource: { type: 'tempo', uid },
    queryType: 'traceql',
    query: VALUE,
  });
  return { title: 'Open the trace', url, newTab: true };
}

/** The other dashboard for the row's operation, and for the calls whose row it is. */
export function operationLink({ settings, label }: Scope): Link {
  const { uid, groupBy } = settings;
  const group = groupBy.map((name) => `&var-${name}=${cell(name)}`).join('');
  return {
    title: 'Show this operation',
    url: `/d/${uid}-operation?\${datasource:queryparam}${group}&var-operation=${cell(label('operation'))}&\${__url_time_range}`,
  };
}
