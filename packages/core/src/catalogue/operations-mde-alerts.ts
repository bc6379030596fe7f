import type { Operation } from './entry.ts';
import { COMMENT_ADDS_UP, checkFirst, HUNTING, MDE_QUOTA, rows } from './operation-row.ts';

const family = 'mde';

const alerts = rows(
  { family, quotaGroup: 'alerts', quota: MDE_QUOTA },
  `
    alerts.list         GET   /api/alerts  get-alerts
    alerts.get          GET   /api/alerts/{id}  get-alert-info-by-id
    alerts.update       PATCH /api/alerts/{id}  update-alert
    alerts.batchUpdate  POST  /api/alerts/batchUpdate  batch-update-alerts
    alerts.create       POST  /api/alerts/CreateAlertByReference  create-alert-by-reference
    alerts.domains      GET   /api/alerts/{id}/domains  get-alert-related-domain-info
    alerts.files        GET   /api/alerts/{id}/files  get-alert-related-files-info
    alerts.ips          GET   /api/alerts/{id}/ips  get-alert-related-ip-info
    alerts.machine      GET   /api/alerts/{id}/machine  get-alert-related-machine-info
    alerts.user         GET   /api/alerts/{id}/user  get-alert-related-user-info
  `,
  {
    // No `body`: the page's table and its example spell the parameters differently.
    'alerts.update': { ambiguityAdvice: checkFirst('GET /api/alerts/{id}', COMMENT_ADDS_UP) },
    'alerts.batchUpdate': {
      quotaGroup: 'alerts.batchUpdate',
      quota: { perMinute: 10, perHour: 500 },
      body: 'alertIds* status assignedTo classification determination comment',
      ambiguityAdvice: checkFirst('GET /api/alerts/{id} of one of the alerts', COMMENT_ADDS_UP),
    },
    'alerts.create': {
      quotaGroup: 'alerts.create',
      quota: { perMinute: 15 },
      body: 'eventTime* reportId* machineId* severity* title* description* recommendedAction* category*',
      ambiguityAdvice: checkFirst(
        'GET /api/machines/{id}/alerts of the device',
        'the alert may be there already',
      ),
    },
  },
);

const indicators = rows(
  { family, quotaGroup: 'indicators', quota: MDE_QUOTA },
  `
    indicators.list         GET    /api/indicators  get-ti-indicators-collection
    indicators.submit       POST   /api/indicators  post-ti-indicator
    indicators.import       POST   /api/indicators/import  import-ti-indicators
    indicators.delete       DELETE /api/indicators/{id}  delete-ti-indicator-by-id
    indicators.batchDelete  POST   /api/indicators/BatchDelete  batch-delete-ti-indicators
  `,
  {
    'indicators.submit': {
      // An upsert: value and type identify the indicator.
      idempotent: true,
      body: `indicatorValue* indicatorType* action* title* description* application expirationTime
        severity recommendedActions rbacGroupNames educateUrl generateAlert`,
    },
    'indicators.import': {
      quotaGroup: 'indicators.import',
      quota: { perMinute: 30 },
      idempotent: true,
      body: 'Indicators*',
    },
    'indicators.batchDelete': {
      quotaGroup: 'indicators.batchDelete',
      quota: { perMinute: 30, perHour: 1_500 },
      body: 'IndicatorIds*',
      ambiguityAdvice: checkFirst('GET /api/indicators', 'they may be gone already'),
    },
  },
);

/** Retired since January 2026 in favour of Graph's (MC1220762). */
const hunting = rows(
  {
    family,
    quotaGroup: 'mde.hunting',
    // Queries may run for 10 minutes in an hour and 3 hours in a day.
    quota: {
      perMinute: 45,
      perHour: 1_500,
      runningMsPerHour: 600_000,
      runningMsPerDay: 10_800_000,
    },
    ...HUNTING,
    body: 'Query*',
  },
  `
    mde.hunting.run  POST /api/advancedqueries/run  run-advanced-query-api
  `,
);

/** Alerts, indicators and hunting of Defender for Endpoint. */
export const alertOperations: readonly Operation[] = [...alerts, ...indicators, ...hunting];
