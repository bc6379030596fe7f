import { combineQuotas, type QuotaState, type ReadQuotas } from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_QUOTA_GROUP, ATTR_QUOTA_PER } from './attribute-names.ts';
import type { BoundedNames } from './bounded-names.ts';
import type { Report } from './instruments.ts';
import { reportFault } from './scope.ts';

/**
 * Reports the quota usage of all wrappers. Several wrappers with the same group, and groups that share
 * `_OTHER`, are combined as in the metrics for Prometheus: limits are not added up.
 */
export function reportQuotas(
  { observe, instruments }: Report,
  reads: Iterable<ReadQuotas>,
  groups: BoundedNames,
  constantAttributes: Attributes,
): void {
  const states = [...reads]
    .flatMap(statesFrom)
    .map((state) => ({ ...state, group: groups.of(state.group) }));
  for (const { group, waiting, windows } of combineQuotas(states)) {
    const attributes = { ...constantAttributes, [ATTR_QUOTA_GROUP]: group };
    observe(instruments.quotaWaiting, waiting, attributes);
    for (const { per, limit, used } of windows) {
      const ofWindow = { ...attributes, [ATTR_QUOTA_PER]: per };
      observe(instruments.quotaLimit, limit, ofWindow);
      observe(instruments.quotaUsed, used, ofWindow);
    }
  }
}

function statesFrom(read: ReadQuotas): readonly QuotaState[] {
  try {
    return read();
  } catch (error) {
    reportFault(error, 'when quotas were read');
    return [];
  }
}
