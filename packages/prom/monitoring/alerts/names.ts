/** Every alert. */
export const ALERTS = [
  'DefenderAccessLost',
  'DefenderRefusalsRising',
  'DefenderRefusalsChronic',
  'DefenderUnauthorized',
  'DefenderOperationFailing',
  'DefenderThrottled',
  'DefenderServerErrors',
  'DefenderCircuitOpen',
  'DefenderMetricsAbsent',
  'DefenderErrorBudgetBurn',
  'DefenderJobAbsent',
  'DefenderJobOverdue',
] as const;

/** The name of an alert. */
export type AlertName = (typeof ALERTS)[number];

/** The name of a severity option: an alert, or one window of the error budget. */
export type SeverityName =
  | 'accessLost'
  | 'refusalsRising'
  | 'refusalsChronic'
  | 'unauthorized'
  | 'operationFailing'
  | 'throttled'
  | 'serverErrors'
  | 'circuitOpen'
  | 'metricsAbsent'
  | 'errorBudgetBurn1h'
  | 'errorBudgetBurn6h'
  | 'errorBudgetBurn3d'
  | 'jobAbsent'
  | 'jobOverdue';

/** The default severities. */
export const SEVERITIES: Readonly<Record<SeverityName, string>> = Object.freeze({
  accessLost: 'warning',
  refusalsRising: 'warning',
  refusalsChronic: 'info',
  unauthorized: 'critical',
  operationFailing: 'warning',
  throttled: 'warning',
  serverErrors: 'warning',
  circuitOpen: 'critical',
  metricsAbsent: 'warning',
  errorBudgetBurn1h: 'critical',
  errorBudgetBurn6h: 'warning',
  errorBudgetBurn3d: 'info',
  jobAbsent: 'warning',
  jobOverdue: 'warning',
});
