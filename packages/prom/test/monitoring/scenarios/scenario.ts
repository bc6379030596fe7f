import type { RulesOptions } from '../../../monitoring/index.ts';
import type { Calls, FakeProcess } from './fake-client.ts';

/** An alert that fires from one minute to another, both included, and is silent at any other. */
export interface Firing {
  /** Without `Defender`. */
  readonly alert: string;
  /** Its labels beside `job="siem"`, `severity` and `class`, in any order. */
  readonly on?: Readonly<Record<string, string>>;
  /** `h:mm`. */
  readonly from: string;
  /** `h:mm`, or the end of the scenario. */
  readonly to?: string;
}

/** What clients do, and which alerts must fire: all others are silent. */
export interface Scenario {
  readonly name: string;
  /** The length, in `h:mm`. */
  readonly length: string;
  readonly processes: readonly FakeProcess[];
  readonly firing: readonly Firing[];
  /** The options of the rules, where they are not the defaults. */
  readonly rules?: RulesOptions;
}

/** The seconds of `h:mm`. */
export function clock(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 3_600 + minutes * 60;
}

/** How a call at some second ends, the `index`th of its kind: with a code, or with a success. */
export type Ending = (seconds: number, index: number) => string;

/** Calls end with a code between two times, and succeed otherwise. */
export function between(from: string, to: string, code: string): Ending {
  const [start, end] = [clock(from), clock(to)];
  return (seconds) => (seconds >= start && seconds < end ? code : '');
}

const STATUS: Readonly<Record<string, string>> = {
  '': '200',
  Forbidden: '403',
  DisabledFeature: '403',
  Unauthorized: '401',
  NotFound: '404',
  BadRequest: '400',
  InternalServerError: '500',
  TooManyRequests: '429',
  Http409: '409',
  Network: 'none',
};

export interface Poll {
  readonly operation?: string;
  /** Seconds between two polls. */
  readonly every: number;
  /** When the first is, in seconds. Twenty seconds after the full minute unless given. */
  readonly first?: number;
  /** Until when, `h:mm`. */
  readonly until: string;
  readonly ends?: Ending;
  /** Calls at each poll. */
  readonly times?: number;
  /** The answers of the attempts of a call that ended with a code. */
  readonly statuses?: (code: string) => readonly string[];
}

/** One call. */
export function callAt(
  at: number,
  code = '',
  more: Partial<Pick<Calls, 'operation' | 'times' | 'statuses'>> = {},
): Calls {
  return {
    at,
    operation: 'incidents.list',
    code,
    times: 1,
    statuses: STATUS[code] === undefined ? [] : [STATUS[code]],
    ...more,
  };
}

/** Calls at equal intervals. */
export function poll({
  operation = 'incidents.list',
  every,
  first = 20,
  until,
  ends = () => '',
  times = 1,
  statuses,
}: Poll): readonly Calls[] {
  const calls: Calls[] = [];
  const end = clock(until);
  for (let index = 0; first + index * every < end; index += 1) {
    const at = first + index * every;
    const code = ends(at, index);
    const answers = statuses === undefined ? {} : { statuses: statuses(code) };
    calls.push(callAt(at, code, { operation, times, ...answers }));
  }
  return calls;
}

/** Many calls a minute, of which a share ends with a code: ten seconds after the successes of the minute. */
export function busy({
  perMinute,
  until,
  share,
  code = 'Forbidden',
}: {
  readonly perMinute: number;
  readonly until: string;
  readonly share: (seconds: number) => number;
  readonly code?: string;
}): readonly Calls[] {
  const calls: Calls[] = [];
  for (let at = 30; at < clock(until); at += 60) {
    const failed = Math.round(perMinute * share(at));
    if (failed < perMinute) calls.push(callAt(at, '', { times: perMinute - failed }));
    if (failed > 0) calls.push(callAt(at + 10, code, { times: failed }));
  }
  return calls;
}

/** The labels of an alert on the usual operation. */
export const FORBIDDEN = { operation: 'incidents.list', code: 'Forbidden' } as const;

export const INCIDENTS = { operation: 'incidents.list' } as const;
