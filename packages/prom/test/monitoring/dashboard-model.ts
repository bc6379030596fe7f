import { readFile } from 'node:fs/promises';
import { DASHBOARD_UIDS } from '../../monitoring/links.ts';

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

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
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

interface AnnotationJson {
  readonly name: string;
  readonly expr: string;
  readonly datasource: SourceJson;
}

const FOLDER = new URL('../../dashboards/', import.meta.url);

/** The files of the committed dashboards. */
export const dashboardNames: readonly string[] = Object.values(DASHBOARD_UIDS);

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

/** Every query of every panel. */
export function targetsOf(
  board: DashboardJson,
): readonly { readonly panel: PanelJson; readonly target: TargetJson }[] {
  return queryingPanels(board).flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({ panel, target })),
  );
}

/** Values for the variables: what Grafana puts in their place. */
export type Values = Readonly<Record<string, string>>;

/** Every label value of every variable, over the last five minutes. */
export const ANYTHING: Values = {
  job: '.+',
  instance: '.+',
  operation: '.+',
  code: '.+',
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
