import { series } from '../../monitoring/vocabulary.ts';
import type { MetricName } from '../../src/definition.ts';

/** What one call, or one attempt, adds one to. */
export type Event = readonly string[];

/** So many minutes in each of which the same happens; fractions add up over the minutes. */
export interface Phase {
  readonly minutes: number;
  readonly perMinute?: readonly (readonly [event: Event, times: number])[];
  /** The process starts anew: its counters begin at 0. */
  readonly restarts?: true;
  /** Nothing is scraped. */
  readonly gone?: true;
}

const labelled = (name: MetricName, labels: string): string => `${series(name)}{${labels}}`;

const ended = (operation: string, outcome: string, code: string): string =>
  labelled('operations_total', `operation="${operation}",outcome="${outcome}",code="${code}"`);

const attempted = (status: string): string =>
  labelled('attempts_total', `operation="incidents.list",status="${status}"`);

const OPERATION = 'incidents.list';

/** A call that succeeded. */
export const ok: Event = [ended(OPERATION, 'success', ''), attempted('200')];

/** A call that the caller aborted. */
export const cancelled: Event = [ended(OPERATION, 'cancelled', '')];

/** A call that ended with an error. */
export function failed(
  code: string,
  errorClass: string,
  status: string,
  reason = 'terminal',
): Event {
  return [
    ended(OPERATION, 'failure', code),
    labelled('errors_total', `code="${code}",class="${errorClass}"`),
    labelled('give_ups_total', `reason="${reason}"`),
    attempted(status),
  ];
}

/** An attempt that was answered 5xx and tried again. */
export const retriedServerError: Event = [
  labelled('retries_total', `operation="${OPERATION}",reason="InternalServerError"`),
  attempted('500'),
];

/** An attempt that was throttled and tried again. */
export const retriedThrottle: Event = [
  labelled('retries_total', `operation="${OPERATION}",reason="TooManyRequests"`),
  attempted('429'),
];

export const forbidden: Event = failed('Forbidden', 'permission', '403');
export const disabledFeature: Event = failed('DisabledFeature', 'permission', '403');
export const disallowedOperation: Event = failed('DisallowedOperation', 'permission', '403');
export const unauthorized: Event = failed('Unauthorized', 'auth', '401');
export const badRequest: Event = failed('BadRequest', 'input', '400');
export const serverError: Event = failed(
  'InternalServerError',
  'server',
  '500',
  'retries_exhausted',
);

/** Samples by series: a minute each, `_` where there is none. */
export type Samples = ReadonlyMap<string, readonly (number | '_')[]>;

export interface TrafficOptions {
  readonly job?: string;
  readonly instance?: string;
  /** Series whose first sample is that of their first event, as if they had not been born at 0. */
  readonly sparse?: readonly MetricName[];
  /** What every counter shows before anything happens. @defaultValue 0 */
  readonly from?: number;
}

function isSparse(name: string, sparse: readonly MetricName[]): boolean {
  return sparse.some((metric) => name.startsWith(`${series(metric)}{`));
}

function timesIn({ perMinute = [] }: Phase, name: string): number {
  return perMinute.reduce((sum, [event, times]) => sum + (event.includes(name) ? times : 0), 0);
}

function samplesOf(
  phases: readonly Phase[],
  name: string,
  sparse: boolean,
  from: number,
): readonly (number | '_')[] {
  let exact = from;
  let born = !sparse;
  const samples: (number | '_')[] = [born ? from : '_'];
  for (const phase of phases) {
    if (phase.restarts) exact = 0;
    for (let minute = 0; minute < phase.minutes; minute += 1) {
      exact += timesIn(phase, name);
      // Sums of tenths fall short of whole numbers by a hair.
      const value = Math.floor(exact + 1e-6);
      born ||= value > 0;
      samples.push(phase.gone || !born ? '_' : value);
    }
  }
  return samples;
}

/** What Prometheus scrapes of one client, once a minute, from minute 0 on. */
export function traffic(phases: readonly Phase[], options: TrafficOptions = {}): Samples {
  const { job = 'soar', instance = 'a:9464', sparse = [], from = 0 } = options;
  const target = `job="${job}",instance="${instance}"`;
  const names = new Set(phases.flatMap(({ perMinute = [] }) => perMinute.flatMap(([e]) => e)));
  const counters = [...names].map(
    (name) =>
      [
        name.replace('{', `{${target},`),
        samplesOf(phases, name, isSparse(name, sparse), from),
      ] as const,
  );
  const presence = [
    1,
    ...phases.flatMap(({ minutes, gone }) =>
      Array.from({ length: minutes }, () => (gone ? '_' : 1)),
    ),
  ];
  return new Map([...counters, [`${series('info')}{${target},version="1.0.0"}`, presence]]);
}

/** A circuit's states by the minute, from minute 0 on. */
export function circuit(
  states: readonly ('closed' | 'open' | 'half_open')[],
  target = 'job="soar",instance="a:9464"',
): Samples {
  const circuitLabels = `${target},circuit="api.security.microsoft.com incidents.list"`;
  return new Map(
    (['closed', 'open', 'half_open'] as const).map((state) => [
      `${series('circuit_state')}{${circuitLabels},state="${state}"}`,
      states.map((current) => (current === state ? 1 : 0)),
    ]),
  );
}
