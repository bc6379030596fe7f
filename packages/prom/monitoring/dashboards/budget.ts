import type { PanelSpec, StatPanel } from './panel.ts';
import { linePanel, statPanel, withTable } from './parts.ts';
import { nonZero, query, share } from './query.ts';
import type { Scope } from './scope.ts';
import { groupColumns } from './state-table.ts';

/** The windows over which the burn is judged, and above what an alert fires: SRE Workbook, table 5-8. */
const BURNS = [
  { window: '1h', factor: 14.4, severity: 'critical' },
  { window: '6h', factor: 6, severity: 'warning' },
  { window: '3d', factor: 1, severity: 'info' },
] as const;

const total = (scope: Scope, name: 'faults' | 'valid', window: string): string =>
  `sum by (${scope.grouped()}) (sum_over_time(${scope.recorded(`${name}:delta1m`)}[${window}]))`;

const failedShare = (scope: Scope, window: string): string =>
  share(total(scope, 'faults', window), total(scope, 'valid', window));

const budget = ({ settings }: Scope): string =>
  String(Number((1 - settings.objective).toPrecision(6)));

/** The smallest remaining error budget of all tenants or jobs. */
export function budgetLeft(scope: Scope): StatPanel {
  const { budgetWindow, objective } = scope.settings;
  return statPanel({
    title: 'Error budget left',
    description: `The share of failed calls that is still allowed within ${budgetWindow}, for an objective of ${percent(objective)}. If several tenants or jobs are shown: the one with the least. Below 0 %: the objective is missed. Needs the recording rules of this package.`,
    width: 3,
    unit: 'percentunit',
    decimals: 0,
    noValue: 'no calls',
    queries: [query(`min(1 - ${failedShare(scope, budgetWindow)} / ${budget(scope)})`)],
    colours: [
      { from: null, colour: 'red' },
      { from: 0, colour: 'orange' },
      { from: 0.25, colour: 'green' },
    ],
    runbooks: ['DefenderErrorBudgetBurn'],
  });
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))} %`;
}

/** How fast the error budget is used up, and whose it is. */
export function budgetPanels(scope: Scope): readonly PanelSpec[] {
  const { budgetWindow, objective } = scope.settings;
  const failed = total(scope, 'faults', budgetWindow);
  const valid = total(scope, 'valid', budgetWindow);
  return [
    withTable(
      linePanel({
        title: 'Burn of the error budget',
        description: `How many times faster than allowed the error budget is used up, for the worst one. 1 uses up the budget of ${budgetWindow} in exactly that time. The alerts compare these windows with their limits; below 10 failed calls in a window they stay silent. Needs the recording rules of this package.`,
        width: 14,
        unit: 'none',
        noValue: 'no calls',
        runbooks: ['DefenderErrorBudgetBurn'],
        queries: BURNS.map(({ window, factor, severity }) =>
          query(`max(${failedShare(scope, window)}) / ${budget(scope)}`, {
            legend: `over ${window} (${severity} above ${factor})`,
          }),
        ),
        limits: [
          { from: null, colour: 'transparent' },
          { from: 1, colour: 'orange' },
          { from: 14.4, colour: 'red' },
        ],
      }),
    ),
    {
      kind: 'table',
      title: `Error budgets over ${budgetWindow}`,
      description: `Failed calls of all valid ones, against an objective of ${percent(objective)}. Errors of the caller, refused permissions and cancelled calls are not valid calls. Needs the recording rules of this package.`,
      width: 10,
      height: 8,
      unit: 'short',
      noValue: 'no calls',
      runbooks: ['DefenderErrorBudgetBurn'],
      queries: [
        query(`1 - ${share(failed, valid)} / ${budget(scope)}`),
        query(failed),
        query(nonZero(valid)),
      ],
      columns: [
        ...groupColumns(scope),
        {
          field: 'Value #A',
          title: 'Budget left',
          unit: 'percentunit',
          decimals: 1,
          colours: [
            { from: null, colour: 'red' },
            { from: 0, colour: 'orange' },
            { from: 0.25, colour: 'green' },
          ],
        },
        { field: 'Value #B', title: 'Failed', unit: 'short', decimals: 0 },
        { field: 'Value #C', title: 'Valid calls', unit: 'short', decimals: 0 },
      ],
      sortBy: 'Failed',
    },
  ];
}
