import type { Operation } from './entry.ts';
import { COMMENT_ADDS_UP, checkFirst, HUNTING, rows, shownAt } from './operation-row.ts';

const family = 'graph';

// Graph documents no limit for incidents, alerts_v2 and detection rules.
const incidents = rows(
  { family, quotaGroup: 'graph.incidents' },
  `
    graph.incidents.list     GET   /v1.0/security/incidents  security-list-incidents
    graph.incidents.get      GET   /v1.0/security/incidents/{id}  security-incident-get
    graph.incidents.update   PATCH /v1.0/security/incidents/{id}  security-incident-update
    graph.incidents.alerts   GET   /v1.0/security/incidents/{id}/alerts  resources/security-incident
    graph.incidents.comment  POST  /v1.0/security/incidents/{id}/comments  security-incident-post-comments
  `,
  {
    'graph.incidents.update': { ambiguityAdvice: shownAt('GET /v1.0/security/incidents/{id}') },
    'graph.incidents.comment': {
      ambiguityAdvice: checkFirst('GET /v1.0/security/incidents/{id}', COMMENT_ADDS_UP),
    },
  },
);

const alertsV2 = rows(
  { family, quotaGroup: 'graph.alerts_v2' },
  `
    graph.alerts_v2.list     GET   /v1.0/security/alerts_v2  security-list-alerts_v2
    graph.alerts_v2.get      GET   /v1.0/security/alerts_v2/{id}  security-alert-get
    graph.alerts_v2.update   PATCH /v1.0/security/alerts_v2/{id}  security-alert-update
    graph.alerts_v2.comment  POST  /v1.0/security/alerts_v2/{id}/comments  security-alert-post-comments
  `,
  {
    'graph.alerts_v2.update': { ambiguityAdvice: shownAt('GET /v1.0/security/alerts_v2/{id}') },
    'graph.alerts_v2.comment': {
      ambiguityAdvice: checkFirst('GET /v1.0/security/alerts_v2/{id}', COMMENT_ADDS_UP),
    },
  },
);

/** The legacy alerts, which Microsoft retires in 2026. */
const alerts = rows(
  { family, quotaGroup: 'graph.alerts', quota: { perMinute: 150 } },
  `
    graph.alerts.list    GET   /v1.0/security/alerts  alert-list
    graph.alerts.get     GET   /v1.0/security/alerts/{id}  alert-get
    graph.alerts.update  PATCH /v1.0/security/alerts/{id}  alert-update
  `,
  { 'graph.alerts.update': { ambiguityAdvice: shownAt('GET /v1.0/security/alerts/{id}') } },
);

const hunting = rows(
  {
    family,
    quotaGroup: 'graph.hunting',
    quota: { perMinute: 45 },
    ...HUNTING,
    body: 'Query* Timespan workspaceId',
  },
  `
    graph.hunting.run  POST /v1.0/security/runHuntingQuery  security-security-runhuntingquery
  `,
);

const detectionRules = rows(
  { family, quotaGroup: 'graph.detectionRules' },
  `
    graph.detectionRules.list    GET    /v1.0/security/rules/detectionRules  security-detectionrule-list
    graph.detectionRules.create  POST   /v1.0/security/rules/detectionRules  security-detectionrule-post-detectionrules
    graph.detectionRules.get     GET    /v1.0/security/rules/detectionRules/{id}  security-detectionrule-get
    graph.detectionRules.update  PATCH  /v1.0/security/rules/detectionRules/{id}  security-detectionrule-update
    graph.detectionRules.delete  DELETE /v1.0/security/rules/detectionRules/{id}  security-detectionrule-delete
  `,
  {
    'graph.detectionRules.create': {
      ambiguityAdvice: shownAt('GET /v1.0/security/rules/detectionRules'),
    },
    'graph.detectionRules.update': {
      ambiguityAdvice: shownAt('GET /v1.0/security/rules/detectionRules/{id}'),
    },
  },
);

const inIndicators = { ambiguityAdvice: shownAt('GET /beta/security/tiIndicators') };

/** They exist only in beta. */
const tiIndicators = rows(
  { family, quotaGroup: 'graph.tiIndicators', quota: { perMinute: 1_000 } },
  `
    graph.tiIndicators.list                    GET    /beta/security/tiIndicators  tiindicators-list
    graph.tiIndicators.create                  POST   /beta/security/tiIndicators  tiindicators-post
    graph.tiIndicators.get                     GET    /beta/security/tiIndicators/{id}  tiindicator-get
    graph.tiIndicators.update                  PATCH  /beta/security/tiIndicators/{id}  tiindicator-update
    graph.tiIndicators.delete                  DELETE /beta/security/tiIndicators/{id}  tiindicator-delete
    graph.tiIndicators.submitMany              POST   /beta/security/tiIndicators/submitTiIndicators  tiindicator-submittiindicators
    graph.tiIndicators.updateMany              POST   /beta/security/tiIndicators/updateTiIndicators  tiindicator-updatetiindicators
    graph.tiIndicators.deleteMany              POST   /beta/security/tiIndicators/deleteTiIndicators  tiindicator-deletetiindicators
    graph.tiIndicators.deleteManyByExternalId  POST   /beta/security/tiIndicators/deleteTiIndicatorsByExternalId  tiindicator-deletetiindicatorsbyexternalid
  `,
  {
    'graph.tiIndicators.create': inIndicators,
    'graph.tiIndicators.update': {
      ambiguityAdvice: shownAt('GET /beta/security/tiIndicators/{id}'),
    },
    'graph.tiIndicators.submitMany': inIndicators,
    'graph.tiIndicators.updateMany': inIndicators,
    'graph.tiIndicators.deleteMany': inIndicators,
    'graph.tiIndicators.deleteManyByExternalId': inIndicators,
  },
);

const secureScores = rows(
  { family, quotaGroup: 'graph.secureScores', quota: { perMinute: 150 } },
  `
    graph.secureScores.list                  GET   /v1.0/security/secureScores  security-list-securescores
    graph.secureScores.get                   GET   /v1.0/security/secureScores/{id}  securescore-get
    graph.secureScoreControlProfiles.list    GET   /v1.0/security/secureScoreControlProfiles  security-list-securescorecontrolprofiles
    graph.secureScoreControlProfiles.get     GET   /v1.0/security/secureScoreControlProfiles/{id}  securescorecontrolprofile-get
    graph.secureScoreControlProfiles.update  PATCH /v1.0/security/secureScoreControlProfiles/{id}  securescorecontrolprofile-update
  `,
  {
    'graph.secureScoreControlProfiles.update': {
      ambiguityAdvice: shownAt('GET /v1.0/security/secureScoreControlProfiles/{id}'),
    },
  },
);

/** Microsoft Graph security. Each route is listed with one version; both v1.0 and beta match it. */
export const graphOperations: readonly Operation[] = [
  ...incidents,
  ...alertsV2,
  ...alerts,
  ...hunting,
  ...detectionRules,
  ...tiIndicators,
  ...secureScores,
];

/**
 * Several requests sent as one. Whether it can be sent twice depends on the requests in it. Not in
 * `operations`, which lists the requests themselves.
 */
export const batchOperation: Operation = Object.freeze({
  name: 'graph.batch',
  family: 'graph',
  method: 'POST',
  route: '/v1.0/$batch',
  quotaGroup: 'graph.batch',
  ambiguityAdvice: 'Check what the requests in the batch have changed before you send it again.',
  docs: 'https://learn.microsoft.com/graph/json-batching',
});

/** Whether a request is a batch, by its method and path. */
export function isBatchRequest(method: string, path: string): boolean {
  return method.toUpperCase() === 'POST' && /^\/+[\w.]+\/+\$batch\/*$/i.test(path);
}
