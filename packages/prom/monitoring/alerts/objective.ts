import { alert } from './alert.ts';
import type { SeverityName } from './names.ts';
import type { Query } from './query.ts';
import { type AlertingRule, lines, type RuleGroup } from './rule.ts';

/** A burn rate: the budget is used up `factor` times too fast over both windows. */
interface Burn {
  readonly severity: SeverityName;
  readonly factor: number;
  readonly long: string;
  readonly short: string;
  readonly for: string;
  readonly keep: string;
  /** The factor in the short window from which the faster alert fires instead. */
  readonly upTo?: number;
}

/** Windows and factors of Google's SRE Workbook, chapter 5, table 5-8. */
const BURNS: readonly Burn[] = [
  {
    severity: 'errorBudgetBurn1h',
    factor: 14.4,
    long: '1h',
    short: '5m',
    for: '2m',
    keep: '15m',
  },
  {
    severity: 'errorBudgetBurn6h',
    factor: 6,
    long: '6h',
    short: '30m',
    for: '15m',
    keep: '1h',
  },
];

/** It waits longer than an outage takes to leave the 6-hour window, so no outage raises it afterwards. */
const SLOW_BURN: Burn = {
  severity: 'errorBudgetBurn3d',
  factor: 1,
  long: '3d',
  short: '6h',
  for: '3h',
  keep: '3h',
  upTo: 6,
};

/** The alerts on the error budget. Three days are a lot to read, so they are evaluated less often. */
export function objectiveGroups(query: Query): readonly RuleGroup[] {
  return [
    {
      name: 'defender-client-objective',
      interval: '1m',
      rules: BURNS.map((burn) => burnAlert(query, burn)),
    },
    {
      name: 'defender-client-objective-slow',
      interval: '5m',
      rules: [burnAlert(query, SLOW_BURN)],
    },
  ];
}

function burnAlert(query: Query, burn: Burn): AlertingRule {
  const { long, short, factor, upTo } = burn;
  const { objective, thresholds } = query.settings;
  const budget = rounded(1 - objective);
  const limit = rounded(factor * budget);
  const share = (window: string): string => faultShare(query, window);
  return alert(query.settings, {
    name: 'DefenderErrorBudgetBurn',
    severity: burn.severity,
    window: long,
    expr: lines(
      `${share(long)} > ${limit}`,
      `and ${share(short)} > ${limit}`,
      `and ${sum(query, 'faults', long)} >= ${thresholds.burnFaults}`,
      ...(upTo === undefined ? [] : [`unless ${share(short)} > ${rounded(upTo * budget)}`]),
    ),
    for: burn.for,
    keep: burn.keep,
    summary: 'Calls to the Defender API fail more often than the objective allows.',
    subject: 'Defender calls',
    happened:
      `{{ $value | humanizePercentage }} of the valid calls of the last ${long} failed; ` +
      `the objective allows ${rounded(budget * 100)}%.`,
  });
}

function faultShare(query: Query, window: string): string {
  return `${sum(query, 'faults', window)} / (${sum(query, 'valid', window)} > 0)`;
}

function sum(query: Query, name: 'faults' | 'valid', window: string): string {
  return `sum_over_time(${query.recorded(`${name}:delta1m`)}[${window}])`;
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
