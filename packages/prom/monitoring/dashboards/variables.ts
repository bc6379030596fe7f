import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { LabelName } from '../../src/definition.ts';
import { series } from '../vocabulary.ts';
import { of, query } from './query.ts';

/** The data source that the dashboard's variable names. */
export const datasource: DataSourceRef = { type: 'prometheus', uid: '$datasource' };

/** The variables that choose by a label. */
type VariableName = 'job' | 'instance' | Extract<LabelName, 'operation' | 'code'>;

/** Whose label values a variable offers. Codes are those that were seen, not all that there are. */
const SOURCES: Readonly<Record<VariableName, string>> = {
  job: series('info'),
  instance: `${series('info')}{job=~"$job"}`,
  operation: of('operations_total'),
  code: of('last_error_timestamp_seconds'),
};

const LABELS: Readonly<Record<VariableName, string>> = {
  job: 'Job',
  instance: 'Instance',
  operation: 'Operation',
  code: 'Code',
};

const ALL = { selected: true, text: 'All', value: '$__all' };

function labelVariable(name: VariableName): Builder<VariableModel> {
  const source = query(SOURCES[name]).expr;
  return new QueryVariableBuilder(name)
    .label(LABELS[name])
    .datasource(datasource)
    .query(`label_values(${source}, ${name})`)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current(ALL)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

/** The variables of a dashboard, in the order in which they depend on each other. */
export function variables(): Builder<VariableModel>[] {
  return [
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    ...(['job', 'instance', 'operation', 'code'] as const).map(labelVariable),
  ];
}
