import type { ColourStep, GraphPanel, StatPanel, TimelinePanel } from './panel.ts';
import { groupLegend, legendOf, type Query, quantile, query } from './query.ts';
import type { Matchers, Scope } from './scope.ts';

/** The colours of a number that should be 0. */
export const anyIsBad: readonly ColourStep[] = [
  { from: null, colour: 'green' },
  { from: 1, colour: 'red' },
];

/** The colours of a number that is neither good nor bad. */
export const neutral: readonly ColourStep[] = [{ from: null, colour: 'blue' }];

/** The same colours for the same codes and classes, wherever they are shown. */
export const codeColours: Readonly<Record<string, string>> = {
  Forbidden: 'red',
  DisabledFeature: 'orange',
  DisallowedOperation: 'purple',
  Unauthorized: 'dark-red',
  TooManyRequests: 'yellow',
  InternalServerError: 'blue',
  ...Object.fromEntries(
    // Without a code, OpenTelemetry has the status alone.
    ['500', '502', '503', '504'].flatMap((status) => [
      [`Http${status}`, 'light-blue'],
      [status, 'light-blue'],
    ]),
  ),
  CircuitOpen: 'super-light-blue',
};

export const outcomeColours: Readonly<Record<string, string>> = {
  success: 'green',
  failure: 'red',
  rejected: 'orange',
  cancelled: 'text',
};

type Given<T> = Omit<T, 'kind' | 'height' | 'legend'>;

export const statPanel = (given: Given<StatPanel>): StatPanel => ({
  kind: 'stat',
  height: 4,
  ...given,
});

export const barPanel = (given: Given<GraphPanel>): GraphPanel => ({
  kind: 'bars',
  height: 8,
  legend: { values: ['mean', 'max'] },
  ...given,
});

export const linePanel = (given: Given<GraphPanel>): GraphPanel => ({
  kind: 'lines',
  height: 8,
  legend: { values: ['lastNotNull', 'max'] },
  ...given,
});

/** The same graph with its legend as a table beside it. */
export const withTable = (panel: GraphPanel): GraphPanel => ({
  ...panel,
  legend: { ...panel.legend, beside: true },
});

/** The median and the two tails of how long calls took; the slow one with exemplars. */
export function durations(scope: Scope, matchers: Matchers): readonly Query[] {
  const name = 'operation_duration_seconds';
  const exemplar = scope.settings.source === 'prom';
  return [
    query(quantile(scope, 0.5, name, matchers), { legend: 'median' }),
    query(quantile(scope, 0.95, name, matchers), { legend: '95th percentile' }),
    query(quantile(scope, 0.99, name, matchers), { legend: '99th percentile', exemplar }),
  ];
}

/** The states of circuits over time. Where instances differ, the worse one is shown. */
export function circuitTimeline(scope: Scope, width: number): TimelinePanel {
  const by = scope.grouped('circuit');
  const seriesOf = (state: string): string =>
    scope.of('circuit_state', { operation: '=~"$operation"', state: `="${state}"` });
  const worst = (state: string): string => `max by (${by}) (${seriesOf(state)})`;
  const wasOpen = `max by (${by}) (max_over_time(${seriesOf('open')}[$__range] @ end()))`;
  return {
    kind: 'timeline',
    title: 'Circuits',
    description:
      'The circuits that were open in the shown time. While a circuit is open, calls are rejected without being sent.',
    width,
    height: 8,
    unit: 'none',
    noValue: 'No circuit was open',
    runbooks: ['DefenderCircuitOpen'],
    queries: [
      query(
        `clamp_max(2 * ${worst('open')} + ${worst('half_open')}, 2) and on (${by}) ${wasOpen} == 1`,
        { legend: `${legendOf(scope, 'circuit')} ${groupLegend(scope)}` },
      ),
    ],
    states: [
      { value: 0, text: 'closed', colour: 'green' },
      { value: 1, text: 'half-open', colour: 'yellow' },
      { value: 2, text: 'open', colour: 'red' },
    ],
  };
}
