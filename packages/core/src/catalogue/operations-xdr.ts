import type { Operation } from './entry.ts';
import { COMMENT_ADDS_UP, checkFirst, HUNTING, rows } from './operation-row.ts';

const family = 'xdr';

const incidents = rows(
  { family, quotaGroup: 'incidents', quota: { perMinute: 50, perHour: 1_500 } },
  `
    incidents.list    GET   /api/incidents  api-list-incidents
    incidents.get     GET   /api/incidents/{id}  api-get-incident
    incidents.update  PATCH /api/incidents/{id}  api-update-incidents
  `,
  {
    'incidents.get': { quotaGroup: 'incidents.get', quota: { perMinute: 100, perHour: 1_500 } },
    'incidents.update': {
      body: 'status assignedTo classification determination tags comment',
      ambiguityAdvice: checkFirst('GET /api/incidents/{id}', COMMENT_ADDS_UP),
    },
  },
);

/** Retired since January 2026 in favour of Graph's (MC1220762). */
const hunting = rows(
  { family, quotaGroup: 'hunting', quota: { perMinute: 45 }, ...HUNTING, body: 'Query*' },
  `
    hunting.run  POST /api/advancedhunting/run  api-advanced-hunting
  `,
);

/** The operations of Microsoft Defender XDR itself. */
export const xdrOperations: readonly Operation[] = [...incidents, ...hunting];
