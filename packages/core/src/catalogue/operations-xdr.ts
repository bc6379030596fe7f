import type { Operation } from './entry.ts';
import { COMMENT_ADDS_UP, checkFirst, HUNTING, parameters, rows } from './operation-row.ts';

const family = 'xdr';

const docs = (page: string): string => `https://learn.microsoft.com/defender-xdr/${page}`;

const incidents = rows({
  family,
  quotaGroup: 'incidents',
  quota: { perMinute: 50, perHour: 1_500 },
});
const hunting = rows({ family, quotaGroup: 'hunting', quota: { perMinute: 45 } });

/** The operations of Microsoft Defender XDR itself. */
export const xdrOperations: readonly Operation[] = [
  incidents('incidents.list', 'GET /api/incidents', { docs: docs('api-list-incidents') }),
  incidents('incidents.get', 'GET /api/incidents/{id}', {
    quotaGroup: 'incidents.get',
    quota: { perMinute: 100, perHour: 1_500 },
    docs: docs('api-get-incident'),
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
    ambiguityAdvice: checkFirst('GET /api/incidents/{id}', COMMENT_ADDS_UP),
    docs: docs('api-update-incidents'),
  }),
  // Retired since January 2026 in favour of Graph's (MC1220762).
  hunting('hunting.run', 'POST /api/advancedhunting/run', {
    ...HUNTING,
    bodyParameters: parameters('Query*'),
    docs: docs('api-advanced-hunting'),
  }),
];
