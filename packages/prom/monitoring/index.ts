export { dashboards, type GrafanaDashboard } from './dashboards/dashboards.ts';
export type { DashboardOptions } from './dashboards/options.ts';
export type { MetricSource, MonitoringOptions } from './options.ts';
