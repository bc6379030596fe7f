import type { Operation } from './entry.ts';
import {
  COMMENT_ADDS_UP,
  checkFirst,
  HUNTING,
  mdeDocs,
  parameters,
  MDE_QUOTA as quota,
  rows,
} from './operation-row.ts';

const family = 'mde';

const alerts = rows({ family, quotaGroup: 'alerts', quota });
const indicators = rows({ family, quotaGroup: 'indicators', quota });
const hunting = rows({
  family,
  quotaGroup: 'mde.hunting',
  // Queries may run for 10 minutes in an hour and 3 hours in a day.
  quota: {
    perMinute: 45,
    perHour: 1_500,
    runningMsPerHour: 600_000,
    runningMsPerDay: 10_800_000,
  },
});

/** Alerts, indicators and hunting of Defender for Endpoint. */
export const alertOperations: readonly Operation[] = [
  alerts('alerts.list', 'GET /api/alerts', { docs: mdeDocs('get-alerts') }),
  alerts('alerts.get', 'GET /api/alerts/{id}', { docs: mdeDocs('get-alert-info-by-id') }),
  // No bodyParameters: the page's table and its example spell them differently.
  alerts('alerts.update', 'PATCH /api/alerts/{id}', {
    ambiguityAdvice: checkFirst('GET /api/alerts/{id}', COMMENT_ADDS_UP),
    docs: mdeDocs('update-alert'),
  }),
  alerts('alerts.batchUpdate', 'POST /api/alerts/batchUpdate', {
    quotaGroup: 'alerts.batchUpdate',
    quota: { perMinute: 10, perHour: 500 },
    bodyParameters: parameters(
      'alertIds*',
      'status',
      'assignedTo',
      'classification',
      'determination',
      'comment',
    ),
    ambiguityAdvice: checkFirst('GET /api/alerts/{id} of one of the alerts', COMMENT_ADDS_UP),
    docs: mdeDocs('batch-update-alerts'),
  }),
  alerts('alerts.create', 'POST /api/alerts/CreateAlertByReference', {
    quotaGroup: 'alerts.create',
    quota: { perMinute: 15 },
    bodyParameters: parameters(
      'eventTime*',
      'reportId*',
      'machineId*',
      'severity*',
      'title*',
      'description*',
      'recommendedAction*',
      'category*',
    ),
    ambiguityAdvice: checkFirst(
      'GET /api/machines/{id}/alerts of the device',
      'the alert may be there already',
    ),
    docs: mdeDocs('create-alert-by-reference'),
  }),
  alerts('alerts.domains', 'GET /api/alerts/{id}/domains', {
    docs: mdeDocs('get-alert-related-domain-info'),
  }),
  alerts('alerts.files', 'GET /api/alerts/{id}/files', {
    docs: mdeDocs('get-alert-related-files-info'),
  }),
  alerts('alerts.ips', 'GET /api/alerts/{id}/ips', { docs: mdeDocs('get-alert-related-ip-info') }),
  alerts('alerts.machine', 'GET /api/alerts/{id}/machine', {
    docs: mdeDocs('get-alert-related-machine-info'),
  }),
  alerts('alerts.user', 'GET /api/alerts/{id}/user', {
    docs: mdeDocs('get-alert-related-user-info'),
  }),

  indicators('indicators.list', 'GET /api/indicators', {
    docs: mdeDocs('get-ti-indicators-collection'),
  }),
  indicators('indicators.submit', 'POST /api/indicators', {
    // An upsert: value and type identify the indicator.
    idempotent: true,
    bodyParameters: parameters(
      'indicatorValue*',
      'indicatorType*',
      'action*',
      'title*',
      'description*',
      'application',
      'expirationTime',
      'severity',
      'recommendedActions',
      'rbacGroupNames',
      'educateUrl',
      'generateAlert',
    ),
    docs: mdeDocs('post-ti-indicator'),
  }),
  indicators('indicators.import', 'POST /api/indicators/import', {
    quotaGroup: 'indicators.import',
    quota: { perMinute: 30 },
    idempotent: true,
    bodyParameters: parameters('Indicators*'),
    docs: mdeDocs('import-ti-indicators'),
  }),
  indicators('indicators.delete', 'DELETE /api/indicators/{id}', {
    docs: mdeDocs('delete-ti-indicator-by-id'),
  }),
  indicators('indicators.batchDelete', 'POST /api/indicators/BatchDelete', {
    quotaGroup: 'indicators.batchDelete',
    quota: { perMinute: 30, perHour: 1_500 },
    bodyParameters: parameters('IndicatorIds*'),
    ambiguityAdvice: checkFirst('GET /api/indicators', 'they may be gone already'),
    docs: mdeDocs('batch-delete-ti-indicators'),
  }),

  // Retired since January 2026 in favour of Graph's (MC1220762).
  hunting('mde.hunting.run', 'POST /api/advancedqueries/run', {
    ...HUNTING,
    bodyParameters: parameters('Query*'),
    docs: mdeDocs('run-advanced-query-api'),
  }),
];
