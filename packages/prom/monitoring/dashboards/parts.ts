import type { LabelName } from '../../src/definition.ts';
import type { ColourStep, GraphPanel, StatPanel, TimelinePanel } from './panel.ts';
import { of, type Query, quantile, query } from './query.ts';

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
  ...Object.fromEntries(['Http500', 'Http502', 'Http503', 'Http504'].map((c) => [c, 'light-blue'])),
  CircuitOpen: 'super-light-blue',
};

export const outcomeColours: Readonly<Record<string, string>> = {
  success: 'green',
  failure: 'red',
  rejected: 'orange',
  cancelled: 'text',
};

export const classColours: Readonly<Record<string, string>> = {
  permission: 'red',
  auth: 'dark-red',
  throttle: 'yellow',
  server: 'blue',
  local: 'super-light-blue',
};

type Given<T> = Omit<T, 'kind' | 'height'>;

export const statPanel = (given: Given<StatPanel>): StatPanel => ({
  kind: 'stat',
  height: 4,
  ...given,
});

export const barPanel = (given: Given<GraphPanel>): GraphPanel => ({
  kind: 'bars',
  height: 8,
  ...given,
});

export const linePanel = (given: Given<GraphPanel>): GraphPanel => ({
  kind: 'lines',
  height: 8,
  ...given,
});

type Matchers = Partial<Readonly<Record<LabelName, string>>>;

/** The median and the two tails of how long calls took; the slow one with exemplars. */
export function durations(matchers: Matchers): readonly Query[] {
  const name = 'operation_duration_seconds';
  return [
    query(quantile(0.5, name, matchers), { legend: 'median' }),
    query(quantile(0.95, name, matchers), { legend: '95th percentile' }),
    query(quantile(0.99, name, matchers), { legend: '99th percentile', exemplar: true }),
  ];
}

/** The states of circuits over time. Where instances differ, the worse one is shown. */
export function circuitTimeline(matchers: Matchers, width: number): TimelinePanel {
  const worst = (state: string): string =>
    `max by (circuit) (${of('circuit_state', { ...matchers, state: `="${state}"` })})`;
  return {
    kind: 'timeline',
    title: 'Circuits',
    description:
      'The state of each circuit. While one is open its calls are refused without being sent. A circuit that never opened may be missing.',
    width,
    height: 8,
    unit: 'none',
    queries: [
      query(`clamp_max(2 * ${worst('open')} + ${worst('half_open')}, 2)`, {
        legend: '{{circuit}}',
      }),
    ],
    states: [
      { value: 0, text: 'closed', colour: 'green' },
      { value: 1, text: 'half-open', colour: 'yellow' },
      { value: 2, text: 'open', colour: 'red' },
    ],
  };
}
