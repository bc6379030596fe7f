import {
  between,
  busy,
  callAt,
  clock,
  type Firing,
  FORBIDDEN,
  poll,
  type Scenario,
} from './scenario.ts';

const DISABLED = { operation: 'vulnerabilities.list', code: 'DisabledFeature' } as const;

const chronic = (from: string, on: Readonly<Record<string, string>> = FORBIDDEN): Firing => ({
  alert: 'RefusalsChronic',
  on,
  from,
});

const lost = (from: string, to?: string): Firing => ({
  alert: 'AccessLost',
  on: FORBIDDEN,
  from,
  ...(to === undefined ? {} : { to }),
});

/** One refused call a day among others, which a person made by mistake. */
function mistakes(every: number, until: string, times: number) {
  const calls = poll({ every, until });
  return calls.flatMap((call) => {
    const ofDay = call.at % 86_400;
    return ofDay >= clock('9:00') && ofDay < clock('9:00') + every
      ? [callAt(call.at, 'Forbidden', { times }), { ...call, at: call.at + every / 2 }]
      : [call];
  });
}

/** Which polls of three days are refused, 30 % at random: a bit each. Six of them are refused in a row at 38:00. */
const AT_RANDOM: string = [
  '0214e56c885c80523a022807310a42a0140c0088a00008100c9770aa50040643040a4a74',
  '10830801a2426214696c40a0a64b42cc48400f1071fa029f04c190c7668a1801a3cdd000',
  '27b3844508012871413901240003814024504149802730808fa00f088130422b824c6310',
].join('');

const isRefused = (index: number): boolean =>
  ((Number.parseInt(AT_RANDOM.charAt(index >> 2), 16) >> (3 - (index & 3))) & 1) === 1;

/** Refusals that are usual, and those that come on top. */
export const chronicScenarios: readonly Scenario[] = [
  {
    name: 'chronic-then-spike',
    length: '56:00',
    processes: [
      {
        calls: busy({
          perMinute: 60,
          until: '56:00',
          share: (at) => (at >= clock('48:00') && at < clock('52:00') ? 0.6 : 0.1),
        }),
      },
    ],
    firing: [
      chronic('24:31'),
      { alert: 'RefusalsRising', on: FORBIDDEN, from: '48:12', to: '52:50' },
    ],
  },
  {
    name: 'chronic-half-busy',
    length: '30:00',
    processes: [{ calls: busy({ perMinute: 1_440, until: '30:00', share: () => 0.5 }) }],
    firing: [chronic('24:31')],
  },
  {
    name: 'chronic-pattern',
    length: '30:00',
    processes: [
      {
        calls: poll({
          every: 300,
          until: '30:00',
          ends: (_, index) => (index % 4 > 1 ? 'Forbidden' : ''),
        }),
      },
    ],
    firing: [chronic('25:21')],
  },
  {
    name: 'chronic-30pct-poll',
    length: '72:00',
    processes: [
      {
        calls: poll({
          every: 300,
          until: '72:00',
          ends: (_, index) => (isRefused(index) ? 'Forbidden' : ''),
        }),
      },
    ],
    // Six in a row are more than a usual row: it fires once, about once a week by chance.
    firing: [chronic('25:56'), lost('38:22', '38:40')],
  },
  {
    name: 'chronic-never-worked',
    length: '30:00',
    processes: [
      {
        calls: [
          ...poll({ every: 60, until: '30:00' }),
          ...poll({
            operation: 'vulnerabilities.list',
            every: 600,
            until: '30:00',
            ends: () => 'DisabledFeature',
          }),
        ],
      },
    ],
    firing: [chronic('1:11', DISABLED)],
  },
  {
    name: 'never-worked-new-deploy',
    length: '10:00',
    processes: [
      {
        startedAt: clock('1:00'),
        from: clock('1:00'),
        calls: poll({
          every: 300,
          first: clock('1:00') + 20,
          until: '10:00',
          ends: () => 'Forbidden',
        }),
      },
    ],
    firing: [chronic('1:51')],
  },
  {
    name: 'lost-for-days',
    length: '56:00',
    processes: [
      {
        calls: poll({ every: 480, until: '56:00', ends: between('24:00', '56:00', 'Forbidden') }),
      },
    ],
    // The second refused call at 24:09, plus 1 minute. At 25:13 10 of 181 calls of a day were refused: a day
    // later that is the day before, plus 30 minutes.
    firing: [lost('24:10'), chronic('49:43')],
  },
  ...([7, 9] as const).map(
    (days): Scenario => ({
      name: `worked-${days}-days-ago`,
      length: '26:00',
      processes: [
        {
          startedAt: -20 * 86_400,
          before: [callAt(-days * 86_400)],
          calls: poll({
            every: 300,
            first: clock('1:00') + 20,
            until: '26:00',
            ends: () => 'Forbidden',
          }),
        },
      ],
      firing: days === 7 ? [lost('1:42', '24:14'), chronic('24:30')] : [chronic('1:51')],
    }),
  ),
  {
    name: 'mistake-daily-polled-op',
    length: '36:00',
    processes: [{ calls: mistakes(300, '36:00', 1) }],
    firing: [],
  },
  {
    name: 'mistake-retried',
    length: '12:00',
    processes: [{ calls: mistakes(60, '12:00', 3) }],
    firing: [],
  },
  {
    name: 'mistake-daily-manual-op',
    length: '60:00',
    processes: [
      {
        calls: [
          ...poll({ every: 300, until: '60:00' }),
          callAt(clock('3:00'), '', { operation: 'machines.isolate' }),
          ...[9, 33, 57].map((hour) =>
            callAt(hour * 3_600, 'Forbidden', { operation: 'machines.isolate' }),
          ),
        ],
      },
    ],
    firing: [],
  },
  {
    name: 'mistake-daily-never-worked',
    length: '60:00',
    processes: [
      {
        calls: [
          ...poll({ every: 300, until: '60:00' }),
          ...[9, 33, 57].map((hour) =>
            callAt(hour * 3_600, 'Forbidden', { operation: 'machines.isolate' }),
          ),
        ],
      },
    ],
    firing: [],
  },
  {
    name: 'not-valid-calls',
    length: '6:00',
    processes: [
      {
        calls: poll({
          every: 60,
          until: '6:00',
          ends: (_, index) => (index % 3 > 0 ? 'NotFound' : ''),
        }),
      },
    ],
    firing: [],
  },
];
