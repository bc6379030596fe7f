import type { Operation } from './entry.ts';
import { HUNTING, parameters, rows } from './operation-row.ts';

const family = 'graph';

const docs = (page: string): string => `https://learn.microsoft.com/graph/api/${page}`;

// No quota of their own is documented for incidents, alerts_v2 and detection rules.
const incidents = rows({ family, quotaGroup: 'graph.incidents' });
const alertsV2 = rows({ family, quotaGroup: 'graph.alerts_v2' });
const legacyAlerts = rows({ family, quotaGroup: 'graph.alerts', quota: { perMinute: 150 } });
const rules = rows({ family, quotaGroup: 'graph.detectionRules' });
const indicators = rows({
  family,
  quotaGroup: 'graph.tiIndicators',
  quota: { perMinute: 1_000 },
});
const scores = rows({ family, quotaGroup: 'graph.secureScores', quota: { perMinute: 150 } });

const ADDED_AGAIN = 'a comment that is sent again is added again.';

/** Microsoft Graph security. Routes are given once, though v1.0 and beta both match. */
export const graphOperations: readonly Operation[] = [
  incidents('graph.incidents.list', 'GET /v1.0/security/incidents', {
    docs: docs('security-list-incidents'),
  }),
  incidents('graph.incidents.get', 'GET /v1.0/security/incidents/{id}', {
    docs: docs('security-incident-get'),
  }),
  incidents('graph.incidents.update', 'PATCH /v1.0/security/incidents/{id}', {
    ambiguityAdvice:
      'Read GET /v1.0/security/incidents/{id} first: it may show the change already.',
    docs: docs('security-incident-update'),
  }),
  incidents('graph.incidents.comment', 'POST /v1.0/security/incidents/{id}/comments', {
    ambiguityAdvice: `Read GET /v1.0/security/incidents/{id} first: ${ADDED_AGAIN}`,
    docs: docs('security-incident-post-comments'),
  }),
  incidents('graph.incidents.alerts', 'GET /v1.0/security/incidents/{id}/alerts', {
    docs: docs('security-incident-list-alerts'),
  }),

  alertsV2('graph.alerts_v2.list', 'GET /v1.0/security/alerts_v2', {
    docs: docs('security-list-alerts_v2'),
  }),
  alertsV2('graph.alerts_v2.get', 'GET /v1.0/security/alerts_v2/{id}', {
    docs: docs('security-alert-get'),
  }),
  alertsV2('graph.alerts_v2.update', 'PATCH /v1.0/security/alerts_v2/{id}', {
    ambiguityAdvice:
      'Read GET /v1.0/security/alerts_v2/{id} first: it may show the change already.',
    docs: docs('security-alert-update'),
  }),
  alertsV2('graph.alerts_v2.comment', 'POST /v1.0/security/alerts_v2/{id}/comments', {
    ambiguityAdvice: `Read GET /v1.0/security/alerts_v2/{id} first: ${ADDED_AGAIN}`,
    docs: docs('security-alert-post-comments'),
  }),

  legacyAlerts('graph.alerts.list', 'GET /v1.0/security/alerts', { docs: docs('alert-list') }),
  legacyAlerts('graph.alerts.get', 'GET /v1.0/security/alerts/{id}', { docs: docs('alert-get') }),
  legacyAlerts('graph.alerts.update', 'PATCH /v1.0/security/alerts/{id}', {
    ambiguityAdvice: `Read GET /v1.0/security/alerts/{id} first: ${ADDED_AGAIN}`,
    docs: docs('alert-update'),
  }),

  rows({ family, quotaGroup: 'graph.hunting', quota: { perMinute: 45 } })(
    'graph.hunting.run',
    'POST /v1.0/security/runHuntingQuery',
    {
      ...HUNTING,
      bodyParameters: parameters('Query*', 'Timespan', 'workspaceId'),
      docs: docs('security-security-runhuntingquery'),
    },
  ),

  rules('graph.detectionRules.list', 'GET /beta/security/rules/detectionRules', {
    docs: docs('security-detectionrule-list'),
  }),
  rules('graph.detectionRules.create', 'POST /beta/security/rules/detectionRules', {
    ambiguityAdvice: 'Read GET /beta/security/rules/detectionRules first: it may be there already.',
    docs: docs('security-detectionrule-post-detectionrules'),
  }),
  rules('graph.detectionRules.get', 'GET /beta/security/rules/detectionRules/{id}', {
    docs: docs('security-detectionrule-get'),
  }),
  rules('graph.detectionRules.update', 'PATCH /beta/security/rules/detectionRules/{id}', {
    ambiguityAdvice:
      'Read GET /beta/security/rules/detectionRules/{id} first: it may show the change already.',
    docs: docs('security-detectionrule-update'),
  }),
  rules('graph.detectionRules.delete', 'DELETE /beta/security/rules/detectionRules/{id}', {
    docs: docs('security-detectionrule-delete'),
  }),

  indicators('graph.tiIndicators.list', 'GET /beta/security/tiIndicators', {
    docs: docs('tiindicators-list'),
  }),
  indicators('graph.tiIndicators.create', 'POST /beta/security/tiIndicators', {
    ambiguityAdvice: 'Read GET /beta/security/tiIndicators first: it may be there already.',
    docs: docs('tiindicators-post'),
  }),
  indicators('graph.tiIndicators.get', 'GET /beta/security/tiIndicators/{id}', {
    docs: docs('tiindicator-get'),
  }),
  indicators('graph.tiIndicators.update', 'PATCH /beta/security/tiIndicators/{id}', {
    ambiguityAdvice:
      'Read GET /beta/security/tiIndicators/{id} first: it may show the change already.',
    docs: docs('tiindicator-update'),
  }),
  indicators('graph.tiIndicators.delete', 'DELETE /beta/security/tiIndicators/{id}', {
    docs: docs('tiindicator-delete'),
  }),

  scores('graph.secureScores.list', 'GET /v1.0/security/secureScores', {
    docs: docs('security-list-securescores'),
  }),
  scores('graph.secureScores.get', 'GET /v1.0/security/secureScores/{id}', {
    docs: docs('securescore-get'),
  }),
];
