import { annotations } from './annotations.ts';
import { type Board, buildPanel } from './build-panel.ts';
import { datasource, type JsonObject } from './json.ts';
import { operationDetail } from './operation.ts';
import { type DashboardOptions, dashboardSettings } from './options.ts';
import { overview } from './overview.ts';
import type { PanelSpec, RowSpec } from './panel.ts';
import { type Scope, scopeOf } from './scope.ts';
import { variables } from './variables.ts';

/** A dashboard as Grafana imports it: JSON of schema version 42, for Grafana 12 and later. */
export interface GrafanaDashboard extends JsonObject {
  /** Its name in addresses, unique within Grafana. */
  readonly uid: string;
  readonly title: string;
}

interface DashboardSpec {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly RowSpec[];
}

const TAG = 'defender';
const COLUMNS = 24;

/**
 * The Grafana dashboards for your grouping labels, objective and addresses: first the overview, then
 * the one for single operations. Each is plain JSON, to be written to a file and provisioned or
 * imported.
 *
 * @throws TypeError that lists every invalid option
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { dashboards } from '@defender-resilience/prom/monitoring';
 *
 * for (const dashboard of dashboards({ groupBy: ['job', 'tenant'], tracesDatasource: 'tempo' })) {
 *   await writeFile(`${dashboard.uid}.json`, JSON.stringify(dashboard, null, 2));
 * }
 * ```
 */
export function dashboards(options: DashboardOptions = {}): readonly GrafanaDashboard[] {
  const scope = scopeOf(dashboardSettings(options));
  const { uid, title } = scope.settings;
  return [
    build(scope, {
      uid: `${uid}-overview`,
      title,
      description:
        'Calls to Microsoft’s Defender APIs: what fails now, error codes and tracking IDs, error budget, latency, retries, quotas, circuits.',
      rows: overview(scope),
    }),
    build(scope, {
      uid: `${uid}-operation`,
      title: `${title}: operation`,
      description: 'One operation of Microsoft’s Defender APIs in detail.',
      rows: operationDetail(scope),
    }),
  ];
}

function build(scope: Scope, { uid, title, description, rows }: DashboardSpec): GrafanaDashboard {
  const numbered = rows.map((row, index) => numberedRow(row, firstId(rows, index)));
  const sources = new Map(
    numbered.flatMap(({ panels }) =>
      panels.flatMap(({ spec, id }) =>
        spec.kind !== 'exemplars' && 'key' in spec && spec.key !== undefined
          ? [[spec.key, id] as const]
          : [],
      ),
    ),
  );
  return {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: 42,
    editable: false,
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    refresh: '1m',
    graphTooltip: 1,
    templating: { list: variables(scope) },
    annotations: { list: annotations(scope, [...sources.values()]) },
    links: [
      {
        type: 'dashboards',
        title: 'Defender dashboards',
        tags: [TAG],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    panels: placed(numbered, { runbooks: scope.settings.runbooks, sources }),
  };
}

interface NumberedRow {
  readonly title: string;
  readonly id: number;
  readonly panels: readonly { readonly spec: PanelSpec; readonly id: number }[];
}

/** A row's heading has a number as well. */
const firstId = (rows: readonly RowSpec[], row: number): number =>
  rows.slice(0, row).reduce((sum, { panels }) => sum + panels.length + 1, 1);

const numberedRow = ({ title, panels }: RowSpec, id: number): NumberedRow => ({
  title,
  id,
  panels: panels.map((spec, index) => ({ spec, id: id + 1 + index })),
});

/** Puts panels beside each other as long as they fit, and below otherwise. */
function placed(rows: readonly NumberedRow[], board: Board): readonly JsonObject[] {
  const result: JsonObject[] = [];
  let y = 0;
  for (const { title, id, panels } of rows) {
    const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
    result.push({ id, type: 'row', title, collapsed: false, panels: [], datasource, gridPos });
    y += 1;
    let x = 0;
    let height = 0;
    for (const { spec, id: panelId } of panels) {
      if (x + spec.width > COLUMNS) {
        y += height;
        x = 0;
        height = 0;
      }
      result.push(buildPanel(spec, panelId, { x, y }, board));
      x += spec.width;
      height = Math.max(height, spec.height);
    }
    y += height;
  }
  return result;
}
