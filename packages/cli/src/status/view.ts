import type { Screen } from '../terminal/screen.ts';
import { columnsOf, type Row } from '../terminal/table.ts';
import type { OperationRate } from './rates.ts';
import type { SeenError, Snapshot } from './snapshot.ts';

const MAX_OPERATIONS = 12;
const MAX_ERRORS = 8;

export interface View {
  readonly snapshot: Snapshot;
  readonly rates: readonly OperationRate[];
  readonly url: string;
  readonly now: Date;
}

/** The whole screen for a terminal. */
export function viewOf({ snapshot, rates, url, now }: View, screen: Screen): string {
  const { style } = screen;
  const { state, inFlight, budget } = snapshot;
  const facts = [
    ...(state === undefined
      ? []
      : [state === 'ready' ? style('green', state) : style('yellow', state)]),
    `${inFlight} in flight`,
    ...(budget === undefined ? [] : [`retries ${budget.retries} of ${Math.floor(budget.allowed)}`]),
    clock(now),
  ];
  return [
    `${style('bold', url)}  ${facts.join('  ')}`,
    ...section('Operation', operationRows(rates, screen), screen, ['calls', 'failed', 'calls/s']),
    ...section('Circuit', circuitRows(snapshot, screen), screen),
    ...section('Quota', quotaRows(snapshot, screen), screen),
    ...section('Last errors', snapshot.errors.slice(0, MAX_ERRORS).map(errorRow), screen),
    '',
  ].join('\n');
}

function section(
  title: string,
  rows: readonly Row[],
  screen: Screen,
  heads: readonly string[] = [],
): readonly string[] {
  if (rows.length === 0) return [];
  const head = [title, ...heads].map((text) => screen.style('dim', text));
  return ['', ...columnsOf([head, ...rows], screen.columns, heads.length > 0)];
}

function operationRows(rates: readonly OperationRate[], { style }: Screen): readonly Row[] {
  const rows = rates
    .slice(0, MAX_OPERATIONS)
    .map(({ operation, calls, failures, callsPerSecond }) => [
      operation,
      String(calls),
      failures === 0 ? '0' : style('red', String(failures)),
      callsPerSecond === undefined ? '' : callsPerSecond.toFixed(1),
    ]);
  const others = rates.length - MAX_OPERATIONS;
  return others > 0 ? [...rows, [`and ${others} more`]] : rows;
}

function circuitRows({ circuits }: Snapshot, { style }: Screen): readonly Row[] {
  // Hide closed circuits without failures, which are the normal case.
  return circuits
    .filter(({ state, failures }) => state !== 'closed' || failures > 0)
    .map(({ circuit, state, attempts, failures, openForMs }) => [
      circuit,
      `${style(state === 'closed' ? 'green' : 'red', state)}${openForMs > 0 ? ` for ${seconds(openForMs)}` : ''}`,
      `${failures} of ${attempts} failed`,
    ]);
}

function quotaRows({ quotas, throttles }: Snapshot, { style }: Screen): readonly Row[] {
  const used = quotas.map(({ group, windows, waiting, pausedForMs }) => [
    group,
    windows
      .map(({ used, limit, per }) => `${used} of ${limit} in ${per === 'hour' ? 'an' : 'a'} ${per}`)
      .join(', '),
    holdText(waiting, pausedForMs, style),
  ]);
  const known = new Set(quotas.map(({ group }) => group));
  // Without quotas, only pauses are known, and their names begin with the host.
  const paused = throttles.filter(({ group }) => !known.has(group.split(' ').at(-1) ?? group));
  return [
    ...used,
    ...paused.map(({ group, waiting, pausedForMs }) => [
      group,
      '',
      holdText(waiting, pausedForMs, style),
    ]),
  ];
}

function holdText(waiting: number, pausedForMs: number, style: Screen['style']): string {
  const parts = [
    ...(pausedForMs > 0 ? [style('yellow', `paused for ${seconds(pausedForMs)}`)] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  return parts.join(', ');
}

function errorRow({ time, operation, code, status, trackingId, final }: SeenError): Row {
  const what = status === undefined || code === `Http${status}` ? code : `${status} ${code}`;
  return [clock(new Date(time)), operation, what, trackingId ?? '', final ? '' : 'retried'];
}

export function seconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`;
}

/** The time of day in UTC, like the times of tracking IDs. */
function clock(time: Date): string {
  return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(11, 19)}Z`;
}
