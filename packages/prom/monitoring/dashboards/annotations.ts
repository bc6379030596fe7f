import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { nonZero, of, perMinute, query } from './query.ts';
import { datasource } from './variables.ts';

interface Mark {
  readonly name: string;
  readonly expr: string;
  readonly title: string;
  readonly labels: string;
  readonly colour: string;
}

const marks: readonly Mark[] = [
  {
    name: 'Alerts',
    expr: 'ALERTS{job=~"$job",alertname=~"Defender.+",alertstate="firing"}',
    title: '{{alertname}}',
    labels: 'job,severity,code,circuit',
    colour: 'red',
  },
  {
    name: 'Circuits opened',
    expr: nonZero(perMinute(of('circuit_transitions_total', { to: '="open"' }), 'circuit')),
    title: 'Circuit opened: {{circuit}}',
    labels: 'circuit',
    colour: 'orange',
  },
];

/** What is marked on the time axis of every panel. */
export function annotations(): Builder<AnnotationQuery>[] {
  return marks.map(({ name, expr, title, labels, colour }) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(datasource)
      .enable(true)
      .iconColor(colour)
      .expr(query(expr).expr)
      .titleFormat(title)
      .tagKeys(labels)
      .step('60s'),
  );
}
