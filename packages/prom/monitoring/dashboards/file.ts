import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../links.ts';
import { annotations } from './annotations.ts';
import { buildPanel } from './build-panel.ts';
import { operationDetail } from './operation.ts';
import { overview } from './overview.ts';
import type { RowSpec } from './panel.ts';
import { datasource, variables } from './variables.ts';

interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly RowSpec[];
}

const TAG = 'defender';

const dashboards: readonly DashboardSpec[] = [
  {
    uid: DASHBOARD_UIDS.overview,
    title: 'Defender API client',
    description: 'Calls to Microsoft’s Defender APIs: error codes, latency, retries, circuits.',
    rows: overview,
  },
  {
    uid: DASHBOARD_UIDS.operation,
    title: 'Defender API client: operation',
    description: 'One operation of Microsoft’s Defender APIs in detail.',
    rows: operationDetail,
  },
];

function build({ uid, title, description, rows }: DashboardSpec): DashboardBuilder {
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables())
    .annotations(annotations())
    .link(
      new DashboardLinkBuilder('Defender dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  let id = 0;
  const nextId = (): number => {
    id += 1;
    return id;
  };
  for (const row of rows) {
    dashboard.withRow(new RowBuilder(row.title).id(nextId()).datasource(datasource));
    for (const panel of row.panels) dashboard.withPanel(buildPanel(panel, nextId()));
  }
  return dashboard;
}

/** JSON with arrays of one text in one line, which is how the repository's formatter would have it. */
function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replaceAll(/\[\s+("[^"\n]*")\s+\]/g, '[$1]')}\n`;
}

/** The committed dashboards: path from the repository's root → content. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    dashboards.map((spec) => [
      `packages/prom/dashboards/${spec.uid}.json`,
      json(build(spec).build()),
    ]),
  );
}
