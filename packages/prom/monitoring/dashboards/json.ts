/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object that JSON can hold. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** The data source that the dashboard's variable names. */
export const datasource: JsonObject = { type: 'prometheus', uid: '$datasource' };

/** Grafana's own data source, where annotations are stored. */
export const grafanaSource: JsonObject = { type: 'grafana', uid: '-- Grafana --' };

/** The data source that shows the data of another panel of the dashboard. */
export const dashboardSource: JsonObject = { type: 'datasource', uid: '-- Dashboard --' };
