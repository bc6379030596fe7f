import { budgetPanels } from './budget.ts';
import { now } from './overview-now.ts';
import { operationsTable } from './overview-operations.ts';
import { quotas } from './overview-quotas.ts';
import { errors, latency, retries } from './overview-traffic.ts';
import type { PanelSpec, RowSpec } from './panel.ts';
import { barPanel, circuitTimeline } from './parts.ts';
import { legendOf, nonZero, perMinute, query } from './query.ts';
import type { Scope } from './scope.ts';
import { errorStrip, trackingTable, trackingText } from './tracking-ids.ts';

function trackingIds(scope: Scope): readonly PanelSpec[] {
  if (scope.settings.source === 'otlp') return [{ ...trackingText(scope, 24), height: 6 }];
  return [errorStrip(scope), trackingTable(scope, 17), trackingText(scope, 7)];
}

function circuits(scope: Scope): readonly PanelSpec[] {
  const to = legendOf(scope, 'to');
  return [
    circuitTimeline(scope, 16),
    barPanel({
      title: 'Changes of circuits a minute',
      description: 'How often circuits changed their state.',
      width: 8,
      unit: 'short',
      noValue: 'no change',
      seriesColours: { 'to closed': 'green', 'to half_open': 'yellow', 'to open': 'red' },
      queries: [
        query(nonZero(perMinute(scope.of('circuit_transitions_total'), scope.label('to'))), {
          legend: `to ${to}`,
        }),
      ],
    }),
  ];
}

/** Everything that one looks at first. */
export function overview(scope: Scope): readonly RowSpec[] {
  return [
    { title: 'Now', panels: now(scope) },
    { title: 'Errors and their tracking IDs', panels: [...errors(scope), ...trackingIds(scope)] },
    { title: 'Error budget', panels: budgetPanels(scope) },
    { title: 'Operations', panels: [operationsTable(scope)] },
    { title: 'Latency', panels: latency(scope) },
    { title: 'Retries and throttling', panels: retries(scope) },
    { title: 'Quotas', panels: quotas(scope) },
    { title: 'Circuits', panels: circuits(scope) },
  ];
}
