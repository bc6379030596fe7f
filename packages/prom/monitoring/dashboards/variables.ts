import type { MetricName } from '../../src/definition.ts';
import { datasource, type JsonObject } from './json.ts';
import type { Scope } from './scope.ts';

interface Variable {
  readonly name: string;
  readonly label: string;
  /** The series whose label's values are offered. */
  readonly series: string;
  /** The label's name in the series. */
  readonly of: string;
}

const LABELS: Readonly<Record<string, string>> = {
  cluster: 'Cluster',
  namespace: 'Namespace',
  job: 'Job',
  tenant: 'Tenant',
};

const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Every process has this one. */
const PROCESS: MetricName = 'start_time_seconds';

/** Each variable's choice depends on those before it alone: Grafana refuses a cycle. */
function variablesOf({ settings, of, label }: Scope): readonly Variable[] {
  const { groupBy, prefix, selector } = settings;
  const fixed = selector === '' ? [] : [selector.replace(/,\s*$/, '')];
  const process = (names: readonly string[]): string => {
    const matchers = [...fixed, ...names.map((name) => `${name}=~"$${name}"`)];
    const braces = matchers.length === 0 ? '' : `{${matchers.join(',')}}`;
    return `${prefix}${PROCESS}${braces}`;
  };
  return [
    ...groupBy.map((name, index) => ({
      name,
      label: LABELS[name] ?? capital(name),
      series: process(groupBy.slice(0, index)),
      of: name,
    })),
    { name: 'instance', label: 'Instance', series: process(groupBy), of: 'instance' },
    {
      name: 'operation',
      label: 'Operation',
      series: of('operations_total'),
      of: label('operation'),
    },
    // Codes that were seen, not all that there are.
    { name: 'code', label: 'Code', series: of('last_error_timestamp_seconds'), of: label('code') },
  ];
}

const ON_TIME_RANGE_CHANGE = 2;
const ALPHABETICAL = 1;

function labelVariable({ name, label, series, of }: Variable): JsonObject {
  return {
    type: 'query',
    name,
    label,
    datasource,
    query: `label_values(${series}, ${of})`,
    multi: true,
    includeAll: true,
    // A label that the series do not have counts as empty.
    allValue: '.*',
    current: { selected: true, text: 'All', value: '$__all' },
    refresh: ON_TIME_RANGE_CHANGE,
    sort: ALPHABETICAL,
  };
}

/** The variables of a dashboard, in the order in which they depend on each other. */
export function variables(scope: Scope): readonly JsonObject[] {
  return [
    { type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus' },
    ...variablesOf(scope).map(labelVariable),
  ];
}
