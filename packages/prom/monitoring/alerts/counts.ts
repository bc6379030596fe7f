import type { LabelName, MetricName } from '../../src/definition.ts';
import { thresholds } from '../thresholds.ts';
import { series } from '../vocabulary.ts';
import { promql, type RecordingRule } from './rule.ts';

const { window, spike } = thresholds;

/** What is recorded. */
export type RecordedName =
  | 'errors'
  | 'expectedErrors'
  | 'operations'
  | 'attempts'
  | 'retries'
  | 'giveUps'
  | 'faults'
  | 'callerFaults'
  | 'endedOperations'
  | 'validOperations';

/** The series that are recorded, named by the convention `level:metric:operations`: the level is its labels. */
export const recorded: Readonly<Record<RecordedName, string>> = {
  errors: `job_code_class:defender_client_errors:increase${window}`,
  expectedErrors: `job_code_class:defender_client_errors:expected${window}`,
  operations: `job:defender_client_operations:increase${window}`,
  attempts: `job_status:defender_client_attempts:increase${window}`,
  retries: `job_reason:defender_client_retries:increase${window}`,
  giveUps: `job_reason:defender_client_give_ups:increase${window}`,
  faults: 'job:defender_client_faults:increase5m',
  callerFaults: 'job:defender_client_caller_faults:increase5m',
  endedOperations: 'job:defender_client_ended_operations:increase5m',
  validOperations: 'job:defender_client_valid_operations:increase5m',
};

/** One count: what of which metric, by which labels, in which window. */
interface Count {
  readonly metric: MetricName;
  readonly by: readonly LabelName[];
  readonly window: string;
  /** Only series that match. */
  readonly matchers?: string;
}

/**
 * How often something happened within a window. `increase()` alone misses the first event of a series
 * that starts with it, so such a series counts with its whole value; but only where Prometheus had
 * been scraping that process before, or a Prometheus that meets a long-running process for the first
 * time would take its whole past for news.
 */
function countOf({ metric, by, window, matchers = '' }: Count): string {
  const name = `${series(metric)}${matchers}`;
  return promql(`
    sum by (${['job', ...by].join(', ')}) (
      (
        ${name}
        unless last_over_time(${name}[1h] offset ${window})
        and on (job, instance) last_over_time(${series('info')}[1h] offset ${window})
      )
      or increase(${name}[${window}])
    )`);
}

/** What a code's share of its own past leads to expect of the calls of the last window. */
const expectedErrors = promql(`
  (
    avg_over_time(${recorded.errors}[${spike.past}] offset ${spike.pastEnds})
    / on (job) group_left ()
    (avg_over_time(${recorded.operations}[${spike.past}] offset ${spike.pastEnds}) > 0)
    * on (job) group_left ()
    ${recorded.operations}
  )
  or 0 * ${recorded.errors}`);

/** The counts that several alerts start from. */
export const countRules: readonly RecordingRule[] = [
  {
    record: recorded.operations,
    expr: countOf({ metric: 'operations_total', by: [], window }),
  },
  {
    record: recorded.errors,
    expr: countOf({ metric: 'errors_total', by: ['code', 'class'], window }),
  },
  { record: recorded.expectedErrors, expr: expectedErrors },
  {
    record: recorded.attempts,
    expr: countOf({ metric: 'attempts_total', by: ['status'], window }),
  },
  {
    record: recorded.retries,
    expr: countOf({ metric: 'retries_total', by: ['reason'], window }),
  },
  {
    record: recorded.giveUps,
    expr: countOf({ metric: 'give_ups_total', by: ['reason'], window }),
  },
];

const CALLER_FAULTS = 'input|not_found|conflict';

const countOfFive = (metric: MetricName, matchers: string): string =>
  countOf({ metric, by: [], window: '5m', matchers });

/** The counts of the success objective: valid calls, and those that failed for no fault of the caller. */
export const objectiveRules: readonly RecordingRule[] = [
  {
    record: recorded.faults,
    expr: countOfFive('errors_total', `{class!~"${CALLER_FAULTS}"}`),
  },
  {
    record: recorded.callerFaults,
    expr: countOfFive('errors_total', `{class=~"${CALLER_FAULTS}"}`),
  },
  {
    record: recorded.endedOperations,
    expr: countOfFive('operations_total', '{outcome!="cancelled"}'),
  },
  {
    record: recorded.validOperations,
    expr: `${recorded.endedOperations} - (${recorded.callerFaults} or 0 * ${recorded.endedOperations})`,
  },
];
