export { alertmanager } from './alerts/alertmanager.ts';
export type { AlertName, SeverityName } from './alerts/names.ts';
export type {
  Expected,
  RuleMetadata,
  RulesFormat,
  RulesOptions,
} from './alerts/options.ts';
export type { AlertingRule, RecordingRule, Rule, RuleGroup } from './alerts/rule.ts';
export { ruleGroups, rules } from './alerts/rules.ts';
export type { Thresholds } from './alerts/thresholds.ts';
export { dashboards, type GrafanaDashboard } from './dashboards/dashboards.ts';
export type { DashboardOptions } from './dashboards/options.ts';
export type { MetricSource, MonitoringOptions } from './options.ts';
