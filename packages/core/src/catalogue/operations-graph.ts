import type { Operation } from './entry.ts';
import {
  COMMENT_ADDS_UP,
  checkFirst,
  HUNTING,
  parameters,
  rows,
  shownAt,
} from './operation-row.ts';

const family = 'graph';

const docs = (page: string): string => `https://learn.microsoft.com/graph/api/${page}`;

// Graph documents no limit for incidents, alerts_v2 and detection rules.
const incidents = rows({ family, quotaGroup: 'graph.incidents' });
const alertsV2 = rows({ family, quotaGroup: 'graph.alerts_v2' });
const detectionRules = rows({ family, quotaGroup: 'graph.detectionRules' });
const alerts = rows({ family, quotaGroup: 'graph.alerts', quota: { perMinute: 150 } });
const hunting = rows({ family, quotaGroup: 'graph.hunting', quota: { perMinute: 45 } });
const tiIndicators = rows({
  family,
  quotaGroup: 'graph.tiIndicators',
  quota: { perMinute: 1_000 },
});
const secureScores = rows({ family, quotaGroup: 'graph.secureScores', quota: { perMinute: 150 } });

const investigated: readonly Operation[] = [
  incidents('graph.incidents.list', 'GET /v1.0/security/incidents', {
    docs: docs('security-list-incidents'),
  }),
  incidents('graph.incidents.get', 'GET /v1.0/security/incidents/{id}', {
    docs: docs('security-incident-get'),
  }),
  incidents('graph.incidents.update', 'PATCH /v1.0/security/incidents/{id}', {
    ambiguityAdvice: shownAt('GET /v1.0/security/incidents/{id}'),
    docs: docs('security-incident-update'),
  }),
  incidents('graph.incidents.alerts', 'GET /v1.0/security/incidents/{id}/alerts', {
    docs: docs('resources/security-incident'),
  }),
  incidents('graph.incidents.comment', 'POST /v1.0/security/incidents/{id}/comments', {
    ambiguityAdvice: checkFirst('GET /v1.0/security/incidents/{id}', COMMENT_ADDS_UP),
    docs: docs('security-incident-post-comments'),
  }),
  alertsV2('graph.alerts_v2.list', 'GET /v1.0/security/alerts_v2', {
    docs: docs('security-list-alerts_v2'),
  }),
  alertsV2('graph.alerts_v2.get', 'GET /v1.0/security/alerts_v2/{id}', {
    docs: docs('security-alert-get'),
  }),
  alertsV2('graph.alerts_v2.update', 'PATCH /v1.0/security/alerts_v2/{id}', {
    ambiguityAdvice: shownAt('GET /v1.0/security/alerts_v2/{id}'),
    docs: docs('security-alert-update'),
  }),
  alertsV2('graph.alerts_v2.comment', 'POST /v1.0/security/alerts_v2/{id}/comments', {
    ambiguityAdvice: checkFirst('GET /v1.0/security/alerts_v2/{id}', COMMENT_ADDS_UP),
    docs: docs('security-alert-post-comments'),
  }),
  // The legacy alerts, which Microsoft retires in 2026.
  alerts('graph.alerts.list', 'GET /v1.0/security/alerts', { docs: docs('alert-list') }),
  alerts('graph.alerts.get', 'GET /v1.0/security/alerts/{id}', { docs: docs('alert-get') }),
  alerts('graph.alerts.update', 'PATCH /v1.0/security/alerts/{id}', {
    ambiguityAdvice: shownAt('GET /v1.0/security/alerts/{id}'),
    docs: docs('alert-update'),
  }),
];

const ruled: readonly Operation[] = [
  hunting('graph.hunting.run', 'POST /v1.0/security/runHuntingQuery', {
    ...HUNTING,
    bodyParameters: parameters('Query*', 'Timespan', 'workspaceId'),
    docs: docs('security-security-runhuntingquery'),
  }),
  detectionRules('graph.detectionRules.list', 'GET /v1.0/security/rules/detectionRules', {
    docs: docs('security-detectionrule-list'),
  }),
  detectionRules('graph.detectionRules.create', 'POST /v1.0/security/rules/detectionRules', {
    ambiguityAdvice: shownAt('GET /v1.0/security/rules/detectionRules'),
    docs: docs('security-detectionrule-post-detectionrules'),
  }),
  detectionRules('graph.detectionRules.get', 'GET /v1.0/security/rules/detectionRules/{id}', {
    docs: docs('security-detectionrule-get'),
  }),
  detectionRules('graph.detectionRules.update', 'PATCH /v1.0/security/rules/detectionRules/{id}', {
    ambiguityAdvice: shownAt('GET /v1.0/security/rules/detectionRules/{id}'),
    docs: docs('security-detectionrule-update'),
  }),
  detectionRules('graph.detectionRules.delete', 'DELETE /v1.0/security/rules/detectionRules/{id}', {
    docs: docs('security-detectionrule-delete'),
  }),
];

const TI_INDICATORS = '/beta/security/tiIndicators';
const indicatorsShow = shownAt(`GET ${TI_INDICATORS}`);

/** They exist only in beta. */
const indicators: readonly Operation[] = [
  tiIndicators('graph.tiIndicators.list', `GET ${TI_INDICATORS}`, {
    docs: docs('tiindicators-list'),
  }),
  tiIndicators('graph.tiIndicators.create', `POST ${TI_INDICATORS}`, {
    ambiguityAdvice: indicatorsShow,
    docs: docs('tiindicators-post'),
  }),
  tiIndicators('graph.tiIndicators.get', `GET ${TI_INDICATORS}/{id}`, {
    docs: docs('tiindicator-get'),
  }),
  tiIndicators('graph.tiIndicators.update', `PATCH ${TI_INDICATORS}/{id}`, {
    ambiguityAdvice: shownAt(`GET ${TI_INDICATORS}/{id}`),
    docs: docs('tiindicator-update'),
  }),
  tiIndicators('graph.tiIndicators.delete', `DELETE ${TI_INDICATORS}/{id}`, {
    docs: docs('tiindicator-delete'),
  }),
  tiIndicators('graph.tiIndicators.submitMany', `POST ${TI_INDICATORS}/submitTiIndicators`, {
    ambiguityAdvice: indicatorsShow,
    docs: docs('tiindicator-submittiindicators'),
  }),
  tiIndicators('graph.tiIndicators.updateMany', `POST ${TI_INDICATORS}/updateTiIndicators`, {
    ambiguityAdvice: indicatorsShow,
    docs: docs('tiindicator-updatetiindicators'),
  }),
  tiIndicators('graph.tiIndicators.deleteMany', `POST ${TI_INDICATORS}/deleteTiIndicators`, {
    ambiguityAdvice: indicatorsShow,
    docs: docs('tiindicator-deletetiindicators'),
  }),
  tiIndicators(
    'graph.tiIndicators.deleteManyByExternalId',
    `POST ${TI_INDICATORS}/deleteTiIndicatorsByExternalId`,
    {
      ambiguityAdvice: indicatorsShow,
      docs: docs('tiindicator-deletetiindicatorsbyexternalid'),
    },
  ),
];

const CONTROL_PROFILES = '/v1.0/security/secureScoreControlProfiles';

const scores: readonly Operation[] = [
  secureScores('graph.secureScores.list', 'GET /v1.0/security/secureScores', {
    docs: docs('security-list-securescores'),
  }),
  secureScores('graph.secureScores.get', 'GET /v1.0/security/secureScores/{id}', {
    docs: docs('securescore-get'),
  }),
  secureScores('graph.secureScoreControlProfiles.list', `GET ${CONTROL_PROFILES}`, {
    docs: docs('security-list-securescorecontrolprofiles'),
  }),
  secureScores('graph.secureScoreControlProfiles.get', `GET ${CONTROL_PROFILES}/{id}`, {
    docs: docs('securescorecontrolprofile-get'),
  }),
  secureScores('graph.secureScoreControlProfiles.update', `PATCH ${CONTROL_PROFILES}/{id}`, {
    ambiguityAdvice: shownAt(`GET ${CONTROL_PROFILES}/{id}`),
    docs: docs('securescorecontrolprofile-update'),
  }),
];

/** Microsoft Graph security. Each route is listed with one version; both v1.0 and beta match it. */
export const graphOperations: readonly Operation[] = [
  ...investigated,
  ...ruled,
  ...indicators,
  ...scores,
];

/**
 * Several requests in one, whose responses arrive in one. Whether it can be sent twice, its requests say.
 * Not in `operations`, which has what is asked of the service.
 */
export const batchOperation: Operation = Object.freeze({
  name: 'graph.batch',
  family,
  method: 'POST',
  route: '/v1.0/$batch',
  quotaGroup: 'graph.batch',
  ambiguityAdvice: 'Look up what the requests in the batch have changed, before you send it again.',
  docs: 'https://learn.microsoft.com/graph/json-batching',
});

/** Whether a request is a batch, by its method and path. */
export function isBatchRequest(method: string, path: string): boolean {
  return method.toUpperCase() === 'POST' && /^\/+[\w.]+\/+\$batch\/*$/i.test(path);
}
