import type { AlertName } from '../../../monitoring/index.ts';
import type { Mutation } from './mutation.ts';

type Break = readonly [rule: string, from: string, to: string];

/** Breaks of expressions that one alert shows in one scenario. */
function breaks(alert: AlertName, scenario: string, list: readonly Break[]): readonly Mutation[] {
  return list.map(([rule, from, to]) => ({ rule, field: 'expr', from, to, alert, scenario }));
}

/** An alert waits and keeps firing about three times as long, or not at all. */
function patience(
  alert: AlertName,
  scenario: string,
  waits: readonly [from: string, to: string],
  keeps?: readonly [from: string, to: string],
  window = '',
): readonly Mutation[] {
  const rule = `${alert}${window}`;
  const of = (field: Mutation['field'], [from, to]: readonly [string, string]): Mutation[] =>
    [to, '0s'].map((changed) => ({ rule, field, from, to: changed, alert, scenario }));
  return [...of('for', waits), ...(keeps === undefined ? [] : of('keep_firing_for', keeps))];
}

const AL = 'DefenderAccessLost';
const RR = 'DefenderRefusalsRising';
const RC = 'DefenderRefusalsChronic';
const UN = 'DefenderUnauthorized';
const OF = 'DefenderOperationFailing';
const TH = 'DefenderThrottled';
const SE = 'DefenderServerErrors';
const CO = 'DefenderCircuitOpen';
const MA = 'DefenderMetricsAbsent';
const BB = 'DefenderErrorBudgetBurn';

/** The guard of the counters against the past of a process that Prometheus meets late. */
const GUARD =
  ' and on (job, instance) (defender_client_start_time_seconds offset 1m or defender_client_start_time_seconds > time() - 300)';
const OPERATION = 'on (cluster, namespace, job, tenant, operation)';
const CODE = 'on (cluster, namespace, job, tenant, operation, code)';

const accessLost: readonly Mutation[] = [
  ...breaks(AL, 'mistake-well-known', [[AL, '>= 2', '>= 1']]),
  ...breaks(AL, 'mistake-after-recovery', [
    [AL, '>= 2', '>= 6'],
    [AL, '> 0.002', '> 0.0002'],
    [AL, 'class="permission"', 'class="auth"'],
    ['failures_in_row:max', '\nor\n0 * defender:last_error:timestamp', ''],
    ['failures_in_row:max', ' - 30 >', ' - 3000 >'],
    ['last_success:timestamp', '691200', '60'],
    ['last_error:timestamp', '93600', '60'],
    ['calls:sum3d', '[3d]', '[10m]'],
    ['share_before:ratio3d', ` - ${CODE} defender:failures_in_row:max{class="permission"}`, ''],
  ]),
  ...breaks(AL, 'chronic-pattern', [
    ['refused:sum3d', 'outcome="failure"', 'outcome="success"'],
    ['calls:delta1m', 'outcome, code', 'outcome'],
  ]),
  ...patience(AL, 'mistake-after-recovery', ['1m', '3m'], ['15m', '45m']),
  ...breaks(AL, 'poll-60m-young', [
    [AL, '> 0.002', '> 0.02'],
    ['share_before:ratio3d', ', 0) + 1)', ', 0))'],
    ['share_before:ratio3d', ', 0) + 2)', ', 0) + 40)'],
  ]),
  ...breaks(AL, 'never-worked-new-deploy', [
    [AL, `\nand ${OPERATION} defender:last_success:timestamp`, ''],
    ['last_success:timestamp', ' > time() - 691200', ''],
  ]),
  ...breaks(AL, 'worked-9-days-ago', [['last_success:timestamp', '691200', '2073600']]),
  ...breaks(AL, 'rolling-deploy', [
    ['last_success:timestamp', 'last_over_time(defender:last_success:timestamp[1h])', 'vector(0)'],
  ]),
  ...breaks(AL, 'stopped-while-failing', [
    ['last_error:timestamp', '93600', '280800'],
    [
      'failures_in_row:max',
      '\nand on (cluster, namespace, job, tenant, operation, code) defender:last_error:timestamp',
      '',
    ],
  ]),
  ...breaks(AL, 'nightly-single-calls1', [[AL, '>= 1', '>= 2']]),
  ...breaks(AL, 'pushed-runs', [
    [
      'last_success:timestamp',
      'label_replace(last_over_time(defender:last_success:timestamp[1h]), "kept", "yes", "", "")',
      'last_over_time(defender:last_success:timestamp[1h])',
    ],
    [
      'failures_in_row:max',
      'label_replace(last_over_time(defender:failures_in_row:max[1h]), "kept", "yes", "", "")',
      'last_over_time(defender:failures_in_row:max[1h])',
    ],
    [
      'calls:delta1m',
      ' unless on (job, instance) (defender_client_start_time_seconds != defender_client_start_time_seconds offset 1m)',
      '',
    ],
  ]),
  ...breaks(AL, 'restarts-while-failing', [
    ['failures_in_row:max', 'max by', 'min by'],
    ['failures_in_row:max', 'last_over_time(defender:failures_in_row:max[1h])', 'vector(0) > 1'],
  ]),
  ...breaks(AL, 'busy-20pct', [['failures_in_row:max', ' - 30 >', ' - 0 >']]),
  ...breaks(AL, 'tenants-20', [
    ['failures_in_row:max', 'job, tenant, operation, code, class', 'job, operation, code, class'],
  ]),
];

const refusals: readonly Mutation[] = [
  ...breaks(RR, 'share-rises-twice', [
    [RR, '(2 * ', '(6 * '],
    [RR, '(2 * ', '(0.7 * '],
    [RR, '+ 0.05', '+ 0.15'],
    [RR, '+ 0.05', '+ 0.01'],
    ['refused:sum30m', '[30m]', '[90m]'],
    ['calls:sum30m', '[30m]', '[90m]'],
    ['calls:sum30m', '|failure', ''],
    ['usual_share:ratio3d', 'offset 3h', 'offset 1m'],
  ]),
  ...patience(RR, 'share-rises-twice', ['2m', '6m'], ['30m', '90m']),
  ...breaks(RR, 'busy-all', [
    [RR, '>= 50', '>= 5000'],
    [RR, ' or 0 * defender:refused:sum30m', ''],
  ]),
  ...breaks(RR, 'poll-3m', [
    [RR, '>= 10', '>= 30'],
    [RR, '>= 10', '>= 3'],
  ]),
  ...breaks(RC, 'granted-at-last', [
    [
      RC,
      `\nor ${CODE}\n(defender:refused_share:ratio1d unless ${OPERATION} defender:last_success:timestamp)`,
      '',
    ],
    [RC, ` unless ${OPERATION} defender:last_success:timestamp`, ''],
    ['refused_share:ratio1d', '>= 5', '>= 15'],
    ['refused_share:ratio1d', '>= 5', '>= 2'],
    ['refused_share:ratio1d', '[1d]', '[30m]'],
    ['refused_share:ratio1d', '|DisabledFeature', ''],
  ]),
  ...patience(RC, 'granted-at-last', ['30m', '90m'], ['1h', '3h']),
  ...breaks(RC, 'chronic-pattern', [
    [RC, ' and defender:refused_share:ratio1d offset 1d > 0.05', ''],
    [RC, '> 0.05', '> 0.6'],
  ]),
  ...breaks(RC, 'never-worked-new-deploy', [
    ['calls:delta1m', `\n  or\n  (defender_client_operations_total${GUARD})`, ''],
  ]),
  ...breaks(RC, 'first-sight-of-refusals', [['calls:delta1m', GUARD, '']]),
  ...breaks(RC, 'chronic-then-spike', [[RC, '> 0.05', '> 0.15']]),
  ...breaks(UN, 'auth-5m', [
    [UN, '>= 2', '>= 6'],
    [UN, '>= 2', '>= 1'],
    [UN, 'class="auth"', 'class="permission"'],
    [UN, 'job, tenant, code', 'job, tenant'],
  ]),
  ...patience(UN, 'auth-5m', ['1m', '3m'], ['10m', '30m']),
];

const service: readonly Mutation[] = [
  ...breaks(OF, 'each-class-of-faults', [
    [OF, '>= 3', '>= 9'],
    [OF, '>= 3', '>= 1'],
    [OF, 'server|', ''],
    [OF, 'transport|', ''],
    [OF, 'throttle|', ''],
    [OF, '|local', ''],
  ]),
  ...patience(OF, 'each-class-of-faults', ['5m', '15m'], ['5m', '15m']),
  ...breaks(OF, 'circuit-idle', [
    [OF, '7800', '2600'],
    [OF, '7800', '9000'],
  ]),
  ...breaks(CO, 'circuit-of-one-process', [
    [CO, '== 0', '== 1'],
    ['circuit_closed:min', 'min by', 'max by'],
    ['circuit_closed:min', 'state="closed"', 'state="open"'],
  ]),
  ...patience(CO, 'circuit-of-one-process', ['5m', '15m'], ['5m', '15m']),
  ...breaks(CO, 'circuit-idle', [
    ['circuit_closed:min', '[70m]', '[700m]'],
    ['circuit_closed:min', '[70m]', '[3m]'],
  ]),
  ...breaks(TH, 'throttled', [
    [TH, '> 0.1', '> 0.3'],
    [TH, '>= 5', '>= 15'],
    [TH, '>= 5', '>= 2'],
    [TH, '429', '503'],
    [TH, '[30m]', '[90m]'],
  ]),
  ...breaks(TH, 'throttled-now-and-then', [[TH, '> 0.1', '> 0.03']]),
  ...patience(TH, 'throttled', ['10m', '30m'], ['15m', '45m']),
  ...breaks(SE, 'retried-server-errors', [
    [SE, '> 0.2', '> 0.6'],
    [SE, '> 0.2', '> 0.07'],
    [SE, '5..', '4..'],
    [SE, '[30m]', '[90m]'],
    ['attempts:delta1m', 'tenant, status', 'tenant'],
    ['attempts:delta1m', 'offset 1m >= 0', 'offset 5m >= 0'],
  ]),
  ...breaks(SE, 'each-class-of-faults', [[SE, '>= 5', '>= 15']]),
  ...breaks(SE, 'server-errors-5m', [[SE, '>= 5', '>= 2']]),
  ...patience(SE, 'retried-server-errors', ['5m', '15m'], ['15m', '45m']),
  ...breaks(SE, 'first-sight', [['attempts:delta1m', GUARD, '']]),
  ...breaks(MA, 'scrape-gap', [
    [MA, '[1d]', '[1m]'],
    [MA, '\nunless on (cluster, namespace, job, tenant) defender:processes:count', ''],
    ['steady:count', '>= 115', '>= 345'],
    ['processes:count', 'count by', '0 > count by'],
  ]),
  ...patience(MA, 'scrape-gap', ['10m', '30m']),
  ...breaks(MA, 'nightly', [['steady:count', '>= 115', '>= 1']]),
  ...breaks(MA, 'process-dies', [[MA, '[1d]', '[3d]']]),
];

const objective: readonly Mutation[] = [
  ...breaks(BB, 'first-sight', [['errors:delta1m', GUARD, '']]),
  ...breaks(BB, 'throttled', [
    [
      `${BB} 3d`,
      '\nunless sum_over_time(defender:faults:delta1m[6h]) / (sum_over_time(defender:valid:delta1m[6h]) > 0) > 0.06',
      '',
    ],
  ]),
  ...breaks(BB, 'each-class-of-faults', [
    [`${BB} 1h`, '> 0.144', '> 0.432'],
    [`${BB} 1h`, '>= 10', '>= 30'],
    [`${BB} 1h`, '>= 10', '>= 3'],
    [`${BB} 1h`, '[5m]', '[1h]'],
    [`${BB} 6h`, '> 0.06', '> 0.18'],
    [`${BB} 6h`, '> 0.06', '> 0.02'],
    [`${BB} 6h`, '>= 10', '>= 30'],
    [`${BB} 6h`, '[30m]', '[6h]'],
    ['faults:delta1m', 'server|', ''],
    ['faults:delta1m', 'transport|', ''],
    ['faults:delta1m', 'throttle|', ''],
    ['faults:delta1m', '|local', ''],
    ['errors:delta1m', 'tenant, class', 'class'],
    ['errors:delta1m', 'offset 1m >= 0', 'offset 5m >= 0'],
  ]),
  ...patience(BB, 'each-class-of-faults', ['2m', '6m'], ['15m', '45m'], ' 1h'),
  ...patience(BB, 'each-class-of-faults', ['15m', '45m'], ['1h', '3h'], ' 6h'),
  ...breaks(BB, 'burn-beside-mistakes', [
    [`${BB} 1h`, '> 0.144', '> 0.048'],
    ['faults:delta1m', 'server|', 'auth|server|'],
    ['valid:delta1m', 'outcome!="cancelled"', ''],
    ['valid:delta1m', 'input|', ''],
    ['valid:delta1m', 'not_found|', ''],
    ['valid:delta1m', 'conflict|', ''],
    ['valid:delta1m', '|auth', ''],
  ]),
  ...breaks(BB, 'burn-beside-refusals', [
    ['valid:delta1m', '|permission', ''],
    ['faults:delta1m', 'server|', 'permission|server|'],
  ]),
  ...breaks(BB, 'burn-2pct', [
    [`${BB} 3d`, '> 0.01', '> 0.03'],
    [`${BB} 3d`, '>= 10', '>= 12'],
    [`${BB} 3d`, '[6h]', '[3d]'],
  ]),
  ...patience(BB, 'burn-2pct', ['3h', '9h'], ['3h', '9h'], ' 3d'),
];

const expected: readonly Mutation[] = [
  ...breaks('DefenderJobAbsent', 'expected', [['DefenderJobAbsent', 'absent(', '0 > absent(']]),
  ...patience('DefenderJobAbsent', 'expected', ['15m', '45m']),
  ...breaks('DefenderJobOverdue', 'expected', [
    ['DefenderJobOverdue', '> 7200', '> 21600'],
    ['DefenderJobOverdue', '> 7200', '> 2400'],
  ]),
  ...patience('DefenderJobOverdue', 'expected', ['5m', '15m']),
];

/** Each threshold, class, window, memory, guard and wait of each rule, broken once. */
export const mutations: readonly Mutation[] = [
  ...accessLost,
  ...refusals,
  ...service,
  ...objective,
  ...expected,
];
