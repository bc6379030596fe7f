import { datasource, grafanaSource, type JsonObject } from './json.ts';
import { legendOf, nonZero, perMinute } from './query.ts';
import type { Scope } from './scope.ts';

/** The tag of the annotations in Grafana that mark a deployment. */
const DEPLOYMENT_TAG = 'deployment';

interface Mark {
  readonly name: string;
  readonly expr: string;
  readonly title: string;
  readonly labels: string;
  readonly colour: string;
  /** The value is the time, in milliseconds. */
  readonly isTime?: true;
}

function marks(scope: Scope): readonly Mark[] {
  const { groupBy } = scope.settings;
  const circuit = legendOf(scope, 'circuit');
  return [
    {
      name: 'Alerts',
      expr: scope.alerts('ALERTS', 'alertstate="firing"'),
      title: '{{alertname}}',
      labels: [...groupBy, 'severity', 'operation', 'code', 'circuit'].join(','),
      colour: 'red',
    },
    {
      name: 'Circuits opened',
      expr: nonZero(
        perMinute(
          scope.of('circuit_transitions_total', { to: '="open"' }),
          scope.grouped('circuit'),
        ),
      ),
      title: `Circuit opened: ${circuit}`,
      labels: [...groupBy, scope.label('circuit')].join(','),
      colour: 'orange',
    },
    {
      name: 'Starts of processes',
      expr: `1000 * ${scope.of('start_time_seconds')}`,
      title: 'Process started: {{instance}}',
      labels: [...groupBy, 'instance'].join(','),
      colour: 'purple',
      isTime: true,
    },
  ];
}

/** Not drawn in these panels: what they show are annotations as well. */
const exceptIn = (ids: readonly number[]): JsonObject =>
  ids.length === 0 ? {} : { filter: { exclude: true, ids } };

/** What is marked on the time axis of every panel but those with `strips` as ids. */
export function annotations(scope: Scope, strips: readonly number[]): readonly JsonObject[] {
  const deployments: JsonObject = {
    name: 'Deployments',
    datasource: grafanaSource,
    enable: true,
    iconColor: 'blue',
    target: { type: 'tags', tags: [DEPLOYMENT_TAG], matchAny: true, limit: 100 },
    ...exceptIn(strips),
  };
  const queried = marks(scope).map(({ name, expr, title, labels, colour, isTime }) => ({
    name,
    datasource,
    enable: true,
    iconColor: colour,
    expr,
    titleFormat: title,
    tagKeys: labels,
    step: '60s',
    ...(isTime ? { useValueForTime: true } : {}),
    ...exceptIn(strips),
  }));
  return [deployments, ...queried];
}
