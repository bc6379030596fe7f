import type { Random } from '@defender-resilience/core';
import { between, hex, pick, seededRandom } from '../random.ts';
import { makeIncident } from './incidents.ts';
import { makeMachines } from './machines.ts';
import { type Alert, DAY_MS, type Incident, type Indicator, iso, type Machine } from './model.ts';

/** A tenant's data before any call has changed it. */
export interface SeedData {
  readonly machines: readonly Machine[];
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly indicators: readonly Indicator[];
}

const INDICATORS = 20;
export const FIRST_INDICATOR_ID = 900;

function makeIndicator(random: Random, index: number, newestAt: number): Indicator {
  const created = iso(newestAt - between(random, 1, 90) * DAY_MS);
  return {
    id: String(FIRST_INDICATOR_ID + index),
    indicatorValue: hex(random, 64),
    indicatorType: 'FileSha256',
    action: pick(random, ['Block', 'Audit', 'Warn']),
    title: `Blocked file ${index + 1}`,
    description: 'From the weekly list of the threat research team.',
    severity: pick(random, SEVERITIES_FOR_INDICATORS),
    recommendedActions: null,
    application: null,
    expirationTime: iso(newestAt + 90 * DAY_MS),
    rbacGroupNames: [],
    generateAlert: true,
    created,
    updated: created,
  };
}

const SEVERITIES_FOR_INDICATORS = ['Informational', 'Low', 'Medium', 'High'] as const;

/** Creates a tenant's data, the newest incident first. The same options always give the same data. */
export function seedData(options: {
  readonly seed: number;
  readonly incidents: number;
  readonly newestAt: number;
}): SeedData {
  const random = seededRandom(options.seed);
  const { newestAt } = options;
  const { ordinary, special } = makeMachines(random, newestAt);
  let updated = newestAt;
  const made = Array.from({ length: options.incidents }, (_, index) => {
    const result = makeIncident(random, 10_000 + options.incidents - index, updated, ordinary);
    updated -= between(random, 5, 180) * 60_000;
    return result;
  });
  return {
    // The special machines do not occur in any incident.
    machines: [...ordinary, ...special],
    incidents: made.map(({ incident }) => incident),
    alerts: made.flatMap(({ alerts }) => alerts),
    indicators: Array.from({ length: INDICATORS }, (_, index) =>
      makeIndicator(random, index, newestAt),
    ),
  };
}
