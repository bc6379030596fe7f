import { readFile } from 'node:fs/promises';
import type { MetricSource } from '../../monitoring/index.ts';

/** What the tests read of a dashboard's JSON. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list: readonly AnnotationJson[] };
}

interface SourceJson {
  readonly type: string;
  readonly uid: string;
}

interface TargetJson {
  readonly refId: string;
  /** Absent where a panel shows the data of another panel. */
  readonly expr?: string;
  readonly panelId?: number;
  readonly topic?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly exemplar?: boolean;
  readonly legendFormat?: string;
  readonly datasource?: SourceJson;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: SourceJson;
  readonly targets?: readonly TargetJson[];
  readonly links?: readonly LinkJson[];
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

interface LinkJson {
  readonly title: string;
  readonly url: string;
}

interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly query: string;
  readonly multi: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
  readonly datasource?: SourceJson;
}

export interface AnnotationJson {
  readonly name: string;
  /** Absent where Grafana itself stores the annotations. */
  readonly expr?: string;
  readonly filter?: { readonly exclude: boolean; readonly ids: readonly number[] };
  readonly target?: object;
  readonly datasource: SourceJson;
}

const FOLDER = new URL('../../dashboards/', import.meta.url);

/** A committed dashboard. */
export interface Committed {
  readonly name: string;
  readonly source: MetricSource;
}

/** The committed dashboards of one source. */
export const committedOf = (source: MetricSource): readonly Committed[] =>
  ['overview', 'operation'].map((kind) => ({
    name: source === 'otlp' ? `otlp/defender-client-otlp-${kind}` : `defender-client-${kind}`,
    source,
  }));

/** The names of the dashboards that alerts lead to. */

/** Every committed dashboard. */
export const committed: readonly Committed[] = [...committedOf('prom'), ...committedOf('otlp')];

/** A committed dashboard, as text. */
export function dashboardText(name: string): Promise<string> {
  return readFile(new URL(`${name}.json`, FOLDER), 'utf8');
}

/** A committed dashboard. */
export async function dashboard(name: string): Promise<DashboardJson> {
  // The file is ours, and other tests hold it to what is generated.
  return JSON.parse(await dashboardText(name)) as DashboardJson;
}

/** The panels that show something: not the rows' headings. */
export function panelsOf({ panels }: DashboardJson): readonly PanelJson[] {
  return panels.filter(({ type }) => type !== 'row');
}

/** The panels that ask Prometheus. */
export function queryingPanels(board: DashboardJson): readonly PanelJson[] {
  return panelsOf(board).filter(({ type }) => type !== 'text');
}

/** A query of Prometheus. */
export type QueryJson = TargetJson & { readonly expr: string };

const isQuery = (target: TargetJson): target is QueryJson => target.expr !== undefined;

/** Every query of every panel. */
export function targetsOf(
  board: DashboardJson,
): readonly { readonly panel: PanelJson; readonly target: QueryJson }[] {
  return queryingPanels(board).flatMap((panel) =>
    (panel.targets ?? []).filter(isQuery).map((target) => ({ panel, target })),
  );
}

/** The annotations that ask Prometheus. */
export function markedBy({
  annotations,
}: DashboardJson): readonly (AnnotationJson & { readonly expr: string })[] {
  return annotations.list.flatMap((mark) =>
    mark.expr === undefined ? [] : [{ ...mark, expr: mark.expr }],
  );
}

/** The expressions of panels, annotations and variables. */
export function expressionsOf(board: DashboardJson): readonly string[] {
  return [
    ...targetsOf(board).map(({ target }) => target.expr),
    ...markedBy(board).map(({ expr }) => expr),
    ...board.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ query }) => labelValues(query).selector),
  ];
}

/** Values for the variables: what Grafana puts in their place. */
export type Values = Readonly<Record<string, string>>;

/** All values of every variable, as Grafana writes them, over the last five minutes. */
export const ANYTHING: Values = {
  ...Object.fromEntries(
    ['cluster', 'namespace', 'job', 'tenant', 'instance', 'operation', 'code'].map((name) => [
      name,
      '.*',
    ]),
  ),
  __rate_interval: '1m',
  __range: '5m',
};

/** An expression as Grafana sends it. */
export function interpolated(expr: string, values: Values = ANYTHING): string {
  return expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The dashboard has no variable $${name}: ${expr}`);
    return value;
  });
}

/** The selector and the label of `label_values(selector, label)`. */
export function labelValues(query: string): { readonly selector: string; readonly label: string } {
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) {
    throw new Error(`Not a query for label values: ${query}`);
  }
  return { selector, label };
}
