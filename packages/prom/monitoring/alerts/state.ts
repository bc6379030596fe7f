import type { MetricName } from '../../src/definition.ts';
import { seconds } from '../duration.ts';
import { type QueryLabel, withLabels } from '../labels.ts';
import { processLabels, type Query } from './query.ts';
import { lines, type RecordingRule, type RuleGroup } from './rule.ts';

/**
 * The classes of errors that are caused by the service, the network or the client's own limits. Refused calls
 * have their own alerts, so they are left out: one alert per problem.
 */
export const FAULTS = 'class=~"server|transport|throttle|local"';

/** The classes of the other errors, whose calls are not valid. */
const NOT_VALID = 'class=~"input|not_found|conflict|permission|auth"';

/** The maximum age of a process whose events before its first scrape are counted. */
const YOUNG_SECONDS = 300;

/** How long a recorded state is kept while nothing is recorded, because Prometheus is down. */
const BRIDGED = '1h';

/** A process counts as steady if it ran in nearly all minutes of two hours. */
const STEADY = { window: '2h', minutes: 115 } as const;

/** The recorded state of each client: whole calls per minute, and the state of each operation. */
export function stateGroup(query: Query): RuleGroup {
  return {
    name: 'defender-client-state',
    interval: '1m',
    rules: [
      ...deltas(query),
      faults(query),
      validCalls(query),
      lastSuccess(query),
      lastError(query),
      failuresInRow(query),
      circuits(query),
      ...processes(query),
    ],
  };
}

/** The increase of a counter within a minute, by labels. */
interface Delta {
  readonly name: string;
  readonly metric: MetricName;
  readonly by: readonly QueryLabel[];
}

function deltas(query: Query): readonly RecordingRule[] {
  const { source } = query.settings;
  // OpenTelemetry's error.type is not always a code of the catalogue, so refusals go by the class there.
  const codes: readonly QueryLabel[] = source === 'otlp' ? ['code', 'class'] : ['code'];
  const specs: readonly Delta[] = [
    { name: 'calls', metric: 'operations_total', by: ['operation', 'outcome', ...codes] },
    { name: 'errors', metric: 'errors_total', by: ['class'] },
    { name: 'attempts', metric: 'attempts_total', by: ['status'] },
  ];
  return specs.map((spec) => ({
    record: query.record(`${spec.name}:delta1m`),
    expr: delta(query, spec),
  }));
}

/**
 * Counts whole calls exactly: differences of successive samples add up, unlike `increase()`. A series that
 * begins with its first event, or restarts, counts with its whole value, but only if the process was known a
 * minute ago or is young: otherwise Prometheus would count the past of an old process as new. A changed start
 * time means another process behind the same series, such as the next run of a job that is pushed.
 */
function delta(query: Query, { metric, by }: Delta): string {
  const counter = query.raw(metric);
  const start = query.raw('start_time_seconds');
  const counted = lines(
    `(${counter} - ${counter} offset 1m >= 0 unless on (job, instance) (${start} != ${start} offset 1m))`,
    '  or',
    `  (${counter} and on (job, instance) (${start} offset 1m or ${start} > time() - ${YOUNG_SECONDS}))`,
  );
  return lines(
    `sum by (${[query.group, ...by].join(', ')}) (`,
    `  ${withLabels(query.settings.source, counted, by)}`,
    ')',
  );
}

function faults(query: Query): RecordingRule {
  return {
    record: query.record('faults:delta1m'),
    expr: `sum by (${query.group}) (${query.recorded('errors:delta1m', FAULTS)})`,
  };
}

function validCalls(query: Query): RecordingRule {
  const { group } = query;
  const ended = `sum by (${group}) (${query.recorded('calls:delta1m', 'outcome!="cancelled"')})`;
  // Counters of OpenTelemetry do not exist until they first count.
  return {
    record: query.record('valid:delta1m'),
    expr: lines(
      ended,
      `- on (${group})`,
      `(sum by (${group}) (${query.recorded('errors:delta1m', NOT_VALID)}) or 0 * ${ended})`,
    ),
  };
}

/**
 * The recorded series with an additional label. Series without `instance`, as from a Pushgateway, would
 * otherwise have the same labels as their recorded ones, and `or` would drop those.
 */
function kept(recorded: string): string {
  return `label_replace(${recorded}, "kept", "yes", "", "")`;
}

/** "It worked" outlives processes, deployments and an hour without Prometheus. */
function lastSuccess(query: Query): RecordingRule {
  const { worked } = query.settings.thresholds;
  return timestamp(query, 'last_success', ['operation'], worked);
}

/** Keeps a failing state without further calls for a little over one night. */
function lastError(query: Query): RecordingRule {
  const { hold } = query.settings.thresholds;
  return timestamp(query, 'last_error', ['operation', 'code', 'class'], hold);
}

function timestamp(
  query: Query,
  name: 'last_success' | 'last_error',
  by: readonly QueryLabel[],
  longest: string,
): RecordingRule {
  const { source } = query.settings;
  const raw = withLabels(source, query.raw(`${name}_timestamp_seconds`), by);
  return {
    record: query.record(`${name}:timestamp`),
    expr: lines(
      `max by (${[query.group, ...by].join(', ')}) (`,
      `  ${raw}`,
      `  or ${kept(`last_over_time(${query.recorded(`${name}:timestamp`)}[${BRIDGED}])`)}`,
      `) > time() - ${seconds(longest)}`,
    ),
  };
}

/**
 * The calls that failed in a row: per process, so that one bad process of many shows; else as recorded, across
 * restarts and between the runs of a job, until a success is newer than the error. The zero at the end ends a
 * row: without it, the row of the last hour would return.
 */
function failuresInRow(query: Query): RecordingRule {
  const { operation, code, label, raw, recorded } = query;
  const { source, thresholds } = query.settings;
  const apart = seconds(thresholds.apart);
  const name = 'failures_in_row:max';
  const lastErrorAt = recorded('last_error:timestamp');
  const live =
    `(${raw('failures_since_success')} and ${raw('last_error_timestamp_seconds')} - ${apart} > ` +
    `ignoring (${label('code')}, ${label('class')}) group_left () ${raw('last_success_timestamp_seconds')})`;
  return {
    record: query.record(name),
    expr: lines(
      `max by (${code}, class) (`,
      `  ${withLabels(source, live, ['operation', 'code', 'class'])}`,
      '  or',
      `  (${kept(`last_over_time(${recorded(name)}[${BRIDGED}])`)} and on (${code}) ` +
        `${lastErrorAt} - ${apart} > on (${operation}) group_left () ${recorded('last_success:timestamp')})`,
      ')',
      `and on (${code}) ${lastErrorAt}`,
      'or',
      `0 * ${lastErrorAt}`,
    ),
  };
}

/**
 * 0 if a circuit is not closed in some process that still calls its operation. A client probes an open circuit,
 * so each attempt is a transition; an unused circuit has none, and is forgotten after 70 minutes.
 */
function circuits(query: Query): RecordingRule {
  const { raw, label, settings } = query;
  const state = (operation: string): string =>
    raw('circuit_state', `${label('state')}="closed",${label('operation')}${operation}`);
  // If the circuit's series has no operation, the circuit's name ends with it.
  const named = `label_replace(${state('=""')}, "${label('operation')}", "$1", "${label('circuit')}", "(?:.* )?(\\\\S+)")`;
  const tried =
    `((${state('!=""')} or ${named}) and on (${processLabels(query, label('circuit'))}) ` +
    `increase(${raw('circuit_transitions_total')}[70m]) > 0)`;
  return {
    record: query.record('circuit_closed:min'),
    expr: lines(
      `min by (${query.group}, circuit, operation) (`,
      `  ${withLabels(settings.source, tried, ['circuit', 'operation'])}`,
      ')',
    ),
  };
}

/** Tells processes that run all the time from jobs that run for minutes. */
function processes(query: Query): readonly RecordingRule[] {
  const count = query.recorded('processes:count');
  return [
    {
      record: query.record('processes:count'),
      expr: `count by (${query.group}) (${query.raw('start_time_seconds')})`,
    },
    {
      record: query.record('steady:count'),
      expr: `${count} and count_over_time(${count}[${STEADY.window}]) >= ${STEADY.minutes}`,
    },
  ];
}
