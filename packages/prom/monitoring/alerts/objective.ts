import { thresholds } from '../thresholds.ts';
import { recorded } from './counts.ts';
import { type AlertingRule, alert, percent, promql } from './rule.ts';

const { objective, intervalSeconds } = thresholds;

type Burn = (typeof objective.burns)[number];

const BASE_SECONDS = 300;

/** `faults` of the last evaluations hold each fault as often as evaluations fit into their 5 minutes. */
const COUNTED = BASE_SECONDS / intervalSeconds;

const budget = 1 - objective.success;

const faultShare = (window: string): string =>
  `sum_over_time(${recorded.faults}[${window}]) / sum_over_time(${recorded.validOperations}[${window}])`;

/**
 * The error budget burns `factor` times too fast: over the long window, so that it matters, and over
 * the short one, so that it is still going on.
 */
function burnAlert({ factor, short, long, for: pending, severity }: Burn): AlertingRule {
  const limit = Number((factor * budget).toFixed(6));
  const shortShare =
    short === '5m' ? `${recorded.faults} / ${recorded.validOperations}` : faultShare(short);
  return alert({
    name: 'DefenderErrorBudgetBurn',
    expr: promql(`
      ${faultShare(long)} > ${limit}
      and ${shortShare} > ${limit}
      and sum_over_time(${recorded.faults}[${long}]) / ${COUNTED} >= ${objective.faults}`),
    for: pending,
    severity,
    labels: { long, short },
    summary: 'Calls to the Defender API fail more often than the objective allows.',
    description:
      `{{ $value | humanizePercentage }} of the valid calls of {{ $labels.job }} failed in the last ${long}, ` +
      `more than ${percent(limit)}; the objective of ${percent(objective.success)} allows ${percent(budget)}.`,
  });
}

/** The burn rates of the success objective, the fastest first. */
export const burnAlerts: readonly AlertingRule[] = objective.burns.map(burnAlert);
