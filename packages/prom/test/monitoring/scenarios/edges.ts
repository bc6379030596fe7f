import {
  between,
  busy,
  callAt,
  clock,
  type Firing,
  FORBIDDEN,
  INCIDENTS,
  poll,
  type Scenario,
} from './scenario.ts';

const burn = (window: string, from: string, to: string, on = {}): Firing => ({
  alert: 'ErrorBudgetBurn',
  on: { ...on, window },
  from,
  to,
});

/** A code of each class of faults. */
const FAULTS = ['InternalServerError', 'Network', 'TooManyRequests', 'CircuitOpen'] as const;

/** What ends with a code and is not a valid call. */
const NOT_VALID = ['NotFound', 'BadRequest', 'Http409', 'Unauthorized', 'Cancelled'] as const;

/**
 * What a tenant's faults from 3:00 to 4:00 must raise. A range of Prometheus 2 has a sample at both ends:
 * 31 of 30 minutes.
 */
function faultFiring(tenant: string): readonly Firing[] {
  return [
    // The third failing poll is scraped at 3:03, plus 5 minutes; the success at 4:01, and 5 minutes more.
    { alert: 'OperationFailing', on: { ...INCIDENTS, tenant }, from: '3:08', to: '4:05' },
    // At 3:10 there are ten faults in 61 calls, plus 2 minutes. At 4:05 one of six fails, and 15 minutes more.
    burn('1h', '3:12', '4:20', { tenant }),
    // 12 of 192 at 3:12, plus 15 minutes. 2 of 31 at 4:29, and an hour more.
    burn('6h', '3:27', '5:29', { tenant }),
  ];
}

function circuitOf(instance: string, changes: readonly (readonly [string, string])[]) {
  return {
    labels: { instance },
    calls: poll({ every: 120, until: '4:30' }),
    transitions: changes.map(([time, to]) => ({
      at: clock(time),
      ...INCIDENTS,
      to: to === 'closed' ? ('closed' as const) : ('open' as const),
    })),
  };
}

/** For each of these a clause of a rule is there that no other scenario needs. */
export const edgeScenarios: readonly Scenario[] = [
  {
    // Of 720 known calls none was refused, so chance alone would let a row of one pass.
    name: 'mistake-well-known',
    length: '4:00',
    processes: [
      {
        calls: poll({
          every: 300,
          until: '4:00',
          times: 20,
          ends: between('3:00', '3:05', 'Forbidden'),
        }).map((call) => (call.code === '' ? call : { ...call, times: 1 })),
      },
    ],
    firing: [],
  },
  {
    // The row of twelve is over when the mistake of 4:30 comes.
    name: 'mistake-after-recovery',
    length: '5:30',
    processes: [
      {
        calls: poll({
          every: 300,
          until: '5:30',
          ends: (at) =>
            between('3:00', '4:00', 'Forbidden')(at, 0) ||
            between('4:30', '4:35', 'Forbidden')(at, 0),
        }),
      },
    ],
    firing: [{ alert: 'AccessLost', on: FORBIDDEN, from: '3:07', to: '4:15' }],
  },
  {
    // A program that is restarted each hour never sees more than two refused calls in a row.
    name: 'restarts-while-failing',
    length: '8:00',
    processes: Array.from({ length: 8 }, (_, hour) => ({
      startedAt: hour * 3_600,
      from: hour * 3_600,
      to: hour * 3_600 + 3_540,
      calls: poll({
        every: 1_800,
        first: hour * 3_600 + 20,
        until: `${hour}:59`,
        times: 30,
        ends: between('4:00', '7:00', 'Forbidden'),
      }).map((call) => (call.code === '' ? call : { ...call, times: 1 })),
    })),
    firing: [{ alert: 'AccessLost', on: FORBIDDEN, from: '4:32', to: '7:15' }],
  },
  {
    // A job whose metrics stay until its next run, without a label of the process, as a Pushgateway keeps them.
    // The good runs make as many calls each; the first is met too late to be counted. Two runs are refused.
    name: 'pushed-runs',
    length: '11:00',
    processes: [10, 10, 10, -4, -1, 10].map((calls, run) => ({
      labels: { instance: '' },
      startedAt: run * 7_200 - 600,
      from: run * 7_200,
      to: (run + 1) * 7_200 - 60,
      calls: [callAt(run * 7_200 - 10, calls < 0 ? 'Forbidden' : '', { times: Math.abs(calls) })],
    })),
    // The run of 6:00, plus 1 minute; until that of 10:00, and 15 minutes more.
    firing: [{ alert: 'AccessLost', on: FORBIDDEN, from: '6:01', to: '10:14' }],
  },
  {
    // Of 60 calls a minute 6 are usual, 13 are less than twice as many and 5 % more, 36 are not.
    name: 'share-rises-twice',
    length: '9:30',
    processes: [
      {
        calls: busy({
          perMinute: 60,
          until: '9:30',
          share: (at) => {
            if (at < clock('5:00') || at >= clock('8:00')) return 0.1;
            return at < clock('7:00') ? 0.22 : 0.6;
          },
        }),
      },
    ],
    firing: [
      // At 7:03 (28 × 13 + 3 × 36) / (31 × 60) is 25.4 %, more than 25 %; plus 2 minutes. At 8:20 it is 27.7 %
      // against 26.5 %, at 8:21 26.1 %; and 30 minutes more.
      { alert: 'RefusalsRising', on: FORBIDDEN, from: '7:05', to: '8:50' },
    ],
  },
  {
    name: 'granted-at-last',
    length: '4:30',
    processes: [
      {
        calls: poll({
          every: 600,
          until: '4:30',
          ends: between('0:00', '3:00', 'DisabledFeature'),
        }),
      },
    ],
    firing: [
      // The fifth refused call is scraped at 0:41, plus 30 minutes; the success at 3:01, and an hour more.
      {
        alert: 'RefusalsChronic',
        on: { ...INCIDENTS, code: 'DisabledFeature' },
        from: '1:11',
        to: '4:00',
      },
    ],
  },
  {
    name: 'each-class-of-faults',
    length: '6:00',
    processes: FAULTS.map((code) => ({
      labels: { tenant: code, instance: `${code}:9464` },
      calls: poll({ every: 60, until: '6:00', ends: between('3:00', '4:00', code) }),
    })),
    firing: [
      ...FAULTS.flatMap(faultFiring),
      // 7 of 31 at 3:07, plus 5 minutes; 7 of 31 at 4:24, and 15 minutes more.
      { alert: 'ServerErrors', on: { tenant: 'InternalServerError' }, from: '3:12', to: '4:39' },
      // The fifth at 3:05, plus 10 minutes; 5 of 31 at 4:26, and 15 minutes more.
      { alert: 'Throttled', on: { tenant: 'TooManyRequests' }, from: '3:15', to: '4:41' },
    ],
  },
  {
    // Far more than five answers 429, but only one in twenty.
    name: 'throttled-now-and-then',
    length: '2:00',
    processes: [
      {
        calls: busy({ perMinute: 100, until: '2:00', code: 'TooManyRequests', share: () => 0.05 }),
      },
    ],
    firing: [],
  },
  {
    // A quarter of the valid calls fails, but hardly any of all calls.
    name: 'burn-beside-mistakes',
    length: '7:00',
    processes: [
      {
        calls: [
          ...busy({
            perMinute: 4,
            until: '7:00',
            code: 'InternalServerError',
            share: (at) => (at >= clock('3:00') && at < clock('5:00') ? 0.25 : 0),
          }),
          ...NOT_VALID.flatMap((code) =>
            poll({ operation: code, every: 60, until: '7:00', times: 4, ends: () => code }),
          ),
        ],
      },
    ],
    firing: [
      { alert: 'Unauthorized', on: { code: 'Unauthorized' }, from: '0:02' },
      // 36 of 244 at 3:36, plus 2 minutes; 4 of 24 at 5:02, and 15 minutes more.
      burn('1h', '3:38', '5:17'),
      // 57 of 948 at 3:57, plus 15 minutes; 8 of 124 at 5:23, and an hour more.
      burn('6h', '4:12', '6:23'),
    ],
  },
  {
    // The circuit of the other process is closed again at once.
    name: 'circuit-of-one-process',
    length: '4:30',
    processes: [
      circuitOf('a:9464', [
        ['3:00', 'open'],
        ['3:30', 'closed'],
      ]),
      circuitOf('b:9464', [
        ['3:00', 'open'],
        ['3:01', 'closed'],
      ]),
    ],
    firing: [{ alert: 'CircuitOpen', on: INCIDENTS, from: '3:05', to: '3:34' }],
  },
  {
    // Prometheus meets an old process that was refused long ago and makes no calls any more.
    name: 'first-sight-of-refusals',
    length: '3:00',
    processes: [
      {
        from: clock('1:00'),
        before: [{ at: -600, ...FORBIDDEN, times: 5_000, statuses: ['403'] }],
        calls: [],
      },
    ],
    firing: [],
  },
];
