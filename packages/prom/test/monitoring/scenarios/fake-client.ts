import { metricCodes } from '@defender-resilience/core';

/** Calls of one operation that ended alike, at one moment. */
export interface Calls {
  /** Seconds since the start of the scenario. */
  readonly at: number;
  readonly operation: string;
  /** The code that they ended with; empty for a success. */
  readonly code: string;
  readonly times: number;
  /** The answers of the attempts of one call. */
  readonly statuses: readonly string[];
}

/** A change of a circuit's state. */
export interface Transition {
  readonly at: number;
  readonly operation: string;
  readonly to: 'closed' | 'open' | 'half_open';
}

/** One process of a client, as Prometheus scrapes it once a minute. */
export interface FakeProcess {
  readonly labels?: Readonly<Record<string, string>>;
  /** When it started, in seconds of the scenario; a week before it unless given. */
  readonly startedAt?: number;
  /** The first and the last second at which it is there; always unless given. */
  readonly from?: number;
  readonly to?: number;
  /** What its counters show before the scenario. */
  readonly before?: readonly Calls[];
  readonly calls: readonly Calls[];
  readonly transitions?: readonly Transition[];
  /** Whether a minute's scrape fails. */
  readonly unreachable?: (seconds: number) => boolean;
}

/** Samples by series, a minute each: a value, nothing, or the mark that the series is gone. */
export type Samples = Map<string, (number | '_' | 'stale')[]>;

const PREFIX = 'defender_client_';
const NEVER = -100_000_000;
const WEEK = 604_800;

/** The codes whose counters exist before they count, as the observer makes them. */
const ZERO_CODES = [
  'Forbidden',
  'DisabledFeature',
  'Unauthorized',
  'NotFound',
  'InternalServerError',
];

/** The outcome of calls that do not fail; by code, as the scenarios write it. */
const OUTCOMES: Readonly<Record<string, string>> = {
  '': 'success',
  Cancelled: 'cancelled',
  CircuitOpen: 'rejected',
};

const classOf = (code: string): string =>
  metricCodes.find((row) => row.code === code)?.class ?? 'server';

type Labels = Readonly<Record<string, string>>;

/** The metrics of one process after some of its calls. */
class FakeMetrics {
  readonly values = new Map<string, number>();
  readonly #labels: Labels;
  readonly #rows = new Map<string, string[]>();

  constructor({ labels = {}, startedAt = -WEEK, before = [], transitions }: FakeProcess) {
    this.#labels = { job: 'siem', instance: 'a:9464', ...labels };
    this.#set('start_time_seconds', {}, startedAt);
    for (const code of ZERO_CODES) this.#add('errors_total', { code, class: classOf(code) }, 0);
    for (const calls of before) this.call(calls);
    for (const operation of new Set(transitions?.map((change) => change.operation))) {
      this.#circuit(operation, 'closed', 0);
    }
  }

  call({ at, operation, code, times, statuses }: Calls): void {
    const success = { operation };
    if (!this.values.has(this.#name('last_success_timestamp_seconds', success))) {
      this.#set('last_success_timestamp_seconds', success, NEVER);
      this.#add('operations_total', { operation, outcome: 'success', code: '' }, 0);
    }
    const outcome = OUTCOMES[code] ?? 'failure';
    const isCancelled = outcome === 'cancelled';
    const ended = { operation, outcome, code: isCancelled ? '' : code };
    this.#add('operations_total', ended, times);
    for (const status of statuses) this.#add('attempts_total', { operation, status }, times);
    if (outcome === 'success') this.#succeed(operation, at);
    else if (!isCancelled) this.#fail(operation, code, at, times);
  }

  transition({ operation, to }: Transition): void {
    this.#circuit(operation, to, 1);
  }

  #succeed(operation: string, at: number): void {
    this.#set('last_success_timestamp_seconds', { operation }, at);
    for (const name of this.#rows.get(operation) ?? []) this.values.set(name, 0);
  }

  #fail(operation: string, code: string, at: number, times: number): void {
    const error = { operation, code, class: classOf(code) };
    this.#add('errors_total', { code, class: classOf(code) }, times);
    this.#set('last_error_timestamp_seconds', error, at);
    const row = this.#add('failures_since_success', error, times);
    const rows = this.#rows.get(operation) ?? [];
    if (!rows.includes(row)) this.#rows.set(operation, [...rows, row]);
  }

  #circuit(operation: string, to: string, times: number): void {
    const circuit = `api.security.microsoft.com ${operation}`;
    for (const state of ['closed', 'open', 'half_open']) {
      this.#set('circuit_state', { circuit, operation, state }, state === to ? 1 : 0);
      this.#add('circuit_transitions_total', { circuit, to: state }, state === to ? times : 0);
    }
  }

  #name(metric: string, labels: Labels): string {
    const all = Object.entries({ ...this.#labels, ...labels });
    return `${PREFIX}${metric}{${all.map(([name, value]) => `${name}="${value}"`).join(',')}}`;
  }

  #set(metric: string, labels: Labels, value: number): void {
    this.values.set(this.#name(metric, labels), value);
  }

  #add(metric: string, labels: Labels, value: number): string {
    const name = this.#name(metric, labels);
    this.values.set(name, (this.values.get(name) ?? 0) + value);
    return name;
  }
}

/** What Prometheus scrapes of the processes from minute 0 to the last. */
export function scrape(processes: readonly FakeProcess[], minutes: number): Samples {
  const samples: Samples = new Map();
  for (const process of processes) scrapeOne(process, minutes, samples);
  return samples;
}

function scrapeOne(process: FakeProcess, minutes: number, samples: Samples): void {
  const { from = 0, to = minutes * 60, transitions = [], unreachable = () => false } = process;
  const metrics = new FakeMetrics(process);
  const calls = process.calls.toSorted((a, b) => a.at - b.at);
  const changes = transitions.toSorted((a, b) => a.at - b.at);
  let [call, change] = [0, 0];
  let seen: readonly string[] = [];
  for (let minute = Math.ceil(from / 60); minute <= minutes; minute += 1) {
    const now = minute * 60;
    for (let next = calls[call]; next !== undefined && next.at <= now; next = calls[call]) {
      metrics.call(next);
      call += 1;
    }
    for (let next = changes[change]; next !== undefined && next.at <= now; next = changes[change]) {
      metrics.transition(next);
      change += 1;
    }
    // Prometheus marks what it could scrape a minute ago and cannot any more.
    const isThere = now <= to && !unreachable(now);
    for (const name of isThere ? metrics.values.keys() : seen) {
      const line = samples.get(name) ?? [];
      samples.set(name, line);
      while (line.length < minute) line.push('_');
      line[minute] = isThere ? (metrics.values.get(name) ?? 0) : 'stale';
    }
    seen = isThere ? [...metrics.values.keys()] : [];
    if (now > to) break;
  }
}
