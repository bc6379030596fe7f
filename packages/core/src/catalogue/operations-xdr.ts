import type { Operation } from './entry.ts';
import { HUNTING, mdeDocs, parameters, rows } from './operation-row.ts';

const DOCS = 'https://learn.microsoft.com/defender-xdr';

const incidents = rows({
  family: 'xdr',
  quotaGroup: 'incidents',
  quota: { perMinute: 50, perHour: 1_500 },
});

/** Incidents and hunting: what Microsoft Defender XDR has of its own, and hunting's older twin. */
export const xdrOperations: readonly Operation[] = [
  incidents('incidents.list', 'GET /api/incidents', { docs: `${DOCS}/api-list-incidents` }),
  incidents('incidents.get', 'GET /api/incidents/{id}', {
    quotaGroup: 'incidents.get',
    quota: { perMinute: 100, perHour: 1_500 },
    docs: `${DOCS}/api-get-incident`,
  }),
  incidents('incidents.update', 'PATCH /api/incidents/{id}', {
    bodyParameters: parameters(
      'status',
      'assignedTo',
      'classification',
      'determination',
      'tags',
      'comment',
    ),
    ambiguityAdvice:
      'Read GET /api/incidents/{id} first: a comment that is sent again is added again.',
    docs: `${DOCS}/api-update-incidents`,
  }),
  rows({ family: 'xdr', quotaGroup: 'hunting', quota: { perMinute: 45 } })(
    'hunting.run',
    'POST /api/advancedhunting/run',
    {
      ...HUNTING,
      bodyParameters: parameters('Query*'),
      docs: `${DOCS}/api-advanced-hunting`,
    },
  ),
  // Defender for Endpoint's own, with a quota by the hour as well.
  rows({ family: 'mde', quotaGroup: 'mde.hunting', quota: { perMinute: 45, perHour: 1_500 } })(
    'mde.hunting.run',
    'POST /api/advancedqueries/run',
    {
      ...HUNTING,
      bodyParameters: parameters('Query*'),
      docs: mdeDocs('run-advanced-query-api'),
    },
  ),
];
