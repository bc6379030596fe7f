export type { MetricSource, MonitoringOptions } from './options.ts';
