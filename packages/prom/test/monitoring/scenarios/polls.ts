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

interface PollCase {
  readonly every: number;
  readonly firing: readonly Firing[];
}

/** A poller is refused from 6:00 to 12:00: the alert comes at the second failing poll. */
function refusedPoll({ every, firing }: PollCase): Scenario {
  return {
    name: `poll-${every}m`,
    length: '15:00',
    processes: [
      {
        calls: poll({
          every: every * 60,
          until: '15:00',
          ends: between('6:00', '12:00', 'Forbidden'),
        }),
      },
    ],
    firing,
  };
}

const lost = (from: string, to = '12:15'): Firing => ({
  alert: 'AccessLost',
  on: FORBIDDEN,
  from,
  to,
});
const rising = (from: string, to: string): Firing => ({
  alert: 'RefusalsRising',
  on: FORBIDDEN,
  from,
  to,
});

/** Clients that make a call every few minutes, for which no window of time is long enough. */
export const pollScenarios: readonly Scenario[] = [
  // The second refused call is scraped, plus 1 minute; the success at 12:01, and 15 minutes more. The share
  // rises with the tenth refused call, plus 2 minutes, and falls below twice that of three hours before, and
  // 5 %: with 22 of 31 at 12:09, with 11 of 15 at 12:08; 9 refused calls are too few at 12:02.
  refusedPoll({ every: 1, firing: [lost('6:03'), rising('6:12', '12:38')] }),
  refusedPoll({ every: 2, firing: [lost('6:04'), rising('6:21', '12:37')] }),
  refusedPoll({ every: 3, firing: [lost('6:05'), rising('6:30', '12:31')] }),
  refusedPoll({ every: 5, firing: [lost('6:07')] }),
  refusedPoll({ every: 10, firing: [lost('6:12')] }),
  refusedPoll({ every: 15, firing: [lost('6:17')] }),
  {
    name: 'poll-60m',
    length: '42:00',
    processes: [
      {
        calls: poll({ every: 3_600, until: '42:00', ends: between('24:00', '36:00', 'Forbidden') }),
      },
    ],
    firing: [lost('25:02', '36:15')],
  },
  {
    name: 'poll-60m-young',
    length: '20:00',
    processes: [
      {
        calls: poll({ every: 3_600, until: '20:00', ends: between('10:00', '16:00', 'Forbidden') }),
      },
    ],
    firing: [lost('12:02', '16:15')],
  },
  {
    name: 'replicas-20',
    length: '12:00',
    processes: Array.from({ length: 20 }, (_, index) => ({
      labels: { instance: `r${index}:9464` },
      calls: poll({
        every: 60,
        until: '12:00',
        ends: index === 7 ? between('4:00', '8:00', 'Forbidden') : () => '',
      }),
    })),
    firing: [lost('4:03', '8:15')],
  },
  ...([20, 100] as const).map((count): Scenario => {
    const every = count === 20 ? 300 : 480;
    return {
      name: `tenants-${count}`,
      length: '8:00',
      processes: Array.from({ length: count }, (_, index) => ({
        labels: { tenant: `t${index}` },
        calls: poll({
          every,
          until: '8:00',
          ends: index === 13 ? between('4:00', '6:00', 'Forbidden') : () => '',
        }),
      })),
      firing: [
        {
          alert: 'AccessLost',
          on: { ...FORBIDDEN, tenant: 't13' },
          // The second refused call is scraped at 4:06 or 4:09, plus 1 minute; the success at 6:01.
          ...(count === 20 ? { from: '4:07', to: '6:15' } : { from: '4:10', to: '6:15' }),
        },
      ],
    };
  }),
  {
    name: 'stopped-while-failing',
    length: '34:00',
    processes: [
      {
        calls: poll({ every: 300, until: '7:00', ends: between('6:00', '7:00', 'Forbidden') }),
      },
    ],
    firing: [lost('6:07', '33:10')],
  },
  {
    name: 'rolling-deploy',
    length: '10:00',
    processes: [
      { to: clock('5:00') },
      { from: clock('5:00'), to: clock('8:00') },
      { from: clock('8:00') },
    ].map((life, index) => ({
      ...life,
      labels: { instance: `pod-${index}:9464` },
      ...(life.from === undefined ? {} : { startedAt: life.from }),
      calls: poll({
        every: 300,
        until: '10:00',
        ends: between('4:00', '7:00', 'Forbidden'),
      }).filter(({ at }) => at >= (life.from ?? 0) && at <= (life.to ?? Number.POSITIVE_INFINITY)),
    })),
    // The second refused call at 4:06, plus 1 minute; the success at 7:01, and 15 minutes more.
    firing: [lost('4:07', '7:15')],
  },
  {
    name: 'scrape-gap',
    length: '10:00',
    processes: [
      {
        calls: poll({ every: 300, until: '10:00', ends: between('5:10', '8:00', 'Forbidden') }),
        unreachable: (seconds) => seconds >= clock('5:00') && seconds < clock('6:00'),
      },
    ],
    firing: [lost('6:01', '8:15'), { alert: 'MetricsAbsent', from: '5:10', to: '5:59' }],
  },
  {
    name: 'scrape-gap-healthy',
    length: '10:00',
    processes: [
      {
        calls: poll({
          every: 60,
          until: '10:00',
          ends: (_, index) => (index % 50 === 49 ? 'Forbidden' : ''),
        }),
        unreachable: (seconds) => seconds >= clock('5:00') && seconds < clock('6:00'),
      },
    ],
    firing: [{ alert: 'MetricsAbsent', from: '5:10', to: '5:59' }],
  },
  {
    name: 'auth-5m',
    length: '7:00',
    processes: [
      {
        calls: ['incidents.list', 'machines.list'].flatMap((operation) =>
          poll({
            operation,
            every: 300,
            until: '7:00',
            ends: between('4:00', '6:00', 'Unauthorized'),
          }),
        ),
      },
    ],
    firing: [{ alert: 'Unauthorized', on: { code: 'Unauthorized' }, from: '4:07', to: '6:10' }],
  },
  {
    name: 'two-operations-lost',
    length: '8:00',
    processes: [
      {
        calls: [
          ...poll({ every: 300, until: '8:00', ends: between('4:00', '6:00', 'DisabledFeature') }),
          ...poll({ operation: 'machines.list', every: 300, until: '8:00' }),
        ],
      },
    ],
    firing: [
      {
        alert: 'AccessLost',
        on: { ...INCIDENTS, code: 'DisabledFeature' },
        from: '4:07',
        to: '6:15',
      },
    ],
  },
];

/** Clients that call all the time. */
export const busyScenarios: readonly Scenario[] = [
  {
    name: 'busy-all',
    length: '6:00',
    processes: [
      {
        calls: busy({
          perMinute: 1_440,
          until: '6:00',
          share: (at) => (at >= clock('2:00') && at < clock('4:00') ? 1 : 0),
        }),
      },
    ],
    firing: [lost('2:02', '4:15'), rising('3:03', '4:59')],
  },
  {
    name: 'busy-20pct',
    length: '8:00',
    processes: [
      {
        calls: busy({
          perMinute: 1_440,
          until: '8:00',
          share: (at) => (at >= clock('3:00') && at < clock('5:00') ? 0.2 : 0),
        }),
      },
    ],
    firing: [rising('3:10', '5:53')],
  },
  ...([30, 900] as const).map(
    (perBurst): Scenario => ({
      name: perBurst === 30 ? 'bursts' : 'bursts-in-busy',
      length: perBurst === 30 ? '24:00' : '12:00',
      processes: [
        {
          calls: [
            ...poll({ every: 30, first: 0, until: '24:00', times: perBurst / 30 }),
            ...poll({ every: 900, first: clock('6:00') + 35, until: '24:00' }).map(({ at }) =>
              callAt(at, 'Forbidden', { times: 5 }),
            ),
          ],
        },
      ],
      firing: perBurst === 30 ? [rising('6:18', '14:16')] : [],
    }),
  ),
];
