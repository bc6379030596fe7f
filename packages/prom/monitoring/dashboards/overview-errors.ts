import type { PanelSpec } from './panel.ts';
import { barPanel, classColours, codeColours } from './parts.ts';
import { inRange, nonZero, of, perMinute, query } from './query.ts';
import { trackingIds } from './tracking-ids.ts';

const byCode = { code: '=~"$code"' };

const lastSeen = `max by (code) (${of('last_error_timestamp_seconds', byCode)})`;

const refused = (code: string, why: string): PanelSpec =>
  barPanel({
    title: `${code} a minute`,
    description: `Calls that ended with ${code}: ${why}. The diamonds carry their tracking IDs.`,
    width: 8,
    unit: 'short',
    seriesColours: codeColours,
    queries: [
      query(perMinute(of('errors_total', { code: `="${code}"` }), 'code'), {
        legend: '{{code}}',
        exemplar: true,
      }),
    ],
  });

/** Which codes, how often, and where their tracking IDs are. */
export const errors: readonly PanelSpec[] = [
  barPanel({
    title: 'Errors a minute by code',
    description:
      'Calls that ended with an error after all retries. The diamonds carry their tracking IDs.',
    width: 12,
    unit: 'short',
    seriesColours: codeColours,
    queries: [
      query(nonZero(perMinute(of('errors_total', byCode), 'code')), {
        legend: '{{code}}',
        exemplar: true,
      }),
    ],
  }),
  barPanel({
    title: 'Errors a minute by class',
    description: 'The same by what kind of trouble the code stands for.',
    width: 12,
    unit: 'short',
    seriesColours: classColours,
    queries: [
      query(nonZero(perMinute(of('errors_total', byCode), 'class')), { legend: '{{class}}' }),
    ],
  }),
  refused('Forbidden', 'the token lacks a permission for the operation'),
  refused('DisabledFeature', 'a feature of the tenant is not enabled'),
  refused('DisallowedOperation', 'the operation is not allowed'),
  {
    kind: 'table',
    title: 'Last seen',
    description: 'When each code was last seen, and how often in the shown time.',
    width: 12,
    height: 9,
    unit: 'short',
    queries: [
      query(`${lastSeen} * 1000`),
      query(`${inRange(of('errors_total', byCode), 'code')} and on (code) ${lastSeen}`),
    ],
    columns: [
      { field: 'code', title: 'Code' },
      { field: 'Value #A', title: 'Last seen', unit: 'dateTimeFromNow' },
      { field: 'Value #B', title: 'Calls', unit: 'short', decimals: 0 },
    ],
    sortBy: 'Last seen',
  },
  trackingIds,
];
