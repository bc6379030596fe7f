import type { Calls, FakeProcess } from './fake-client.ts';
import { callAt, clock, type Firing, FORBIDDEN, poll, type Scenario } from './scenario.ts';

const NIGHT = 86_400;
const FIRST = clock('2:00');

/** One run of a job each night, for five minutes. All its calls are made before the first scrape. */
function nightlyRuns(
  nights: number,
  calls: number,
  codeOf: (night: number) => string,
): readonly FakeProcess[] {
  return Array.from({ length: nights }, (_, night) => {
    const from = FIRST + night * NIGHT;
    const made: readonly Calls[] = [callAt(from + 20, codeOf(night), { times: calls })];
    return {
      labels: { job: 'nightly', instance: 'cron:9464' },
      startedAt: from,
      from,
      to: from + 300,
      calls: made,
    };
  });
}

const lost = (from: string, to: string): Firing => ({
  alert: 'AccessLost',
  on: { ...FORBIDDEN, job: 'nightly' },
  from,
  to,
});

/** Jobs, restarts and processes that come and go. */
export const jobScenarios: readonly Scenario[] = [
  {
    name: 'nightly',
    length: '52:00',
    processes: nightlyRuns(3, 60, (night) => (night === 1 ? 'Forbidden' : '')),
    firing: [
      lost('26:02', '50:15'),
      {
        alert: 'RefusalsRising',
        on: { ...FORBIDDEN, job: 'nightly' },
        from: '26:03',
        to: '27:01',
      },
    ],
  },
  {
    name: 'nightly-single',
    length: '76:00',
    processes: nightlyRuns(4, 1, (night) => (night === 1 || night === 2 ? 'Forbidden' : '')),
    firing: [],
  },
  {
    name: 'nightly-single-calls1',
    length: '76:00',
    rules: { selector: 'job=~"nightly.*"', thresholds: { calls: 1, chance: 1 } },
    processes: nightlyRuns(4, 1, (night) => (night === 1 || night === 2 ? 'Forbidden' : '')),
    firing: [lost('26:02', '74:15')],
  },
  {
    name: 'healthy-restarts',
    length: '10:00',
    processes: Array.from({ length: 10 }, (_, hour) => ({
      startedAt: hour * 3_600,
      from: hour * 3_600,
      to: hour * 3_600 + 3_580,
      calls: poll({ every: 30, first: hour * 3_600 + 5, until: `${hour}:59` }),
    })),
    firing: [],
  },
  {
    name: 'first-sight',
    length: '4:00',
    processes: [
      {
        from: clock('1:00'),
        before: ['Forbidden', 'InternalServerError', 'TooManyRequests', ''].map((code) =>
          callAt(-600, code, { times: 5_000 }),
        ),
        calls: poll({ every: 60, first: clock('1:00') + 20, until: '4:00' }),
      },
    ],
    firing: [],
  },
  {
    name: 'failing-restarts',
    length: '8:00',
    processes: Array.from({ length: 24 }, (_, index) => {
      const from = index * 1_200;
      return {
        startedAt: from,
        from,
        to: from + 1_140,
        calls: poll({
          every: 60,
          first: from + 5,
          until: `0:${(index + 1) * 20 - 1}`,
          ends: (at, count) =>
            at >= clock('3:00') && at < clock('5:00') && count % 2 === 1
              ? 'InternalServerError'
              : '',
        }),
      };
    }),
    firing: [
      { alert: 'ServerErrors', from: '3:19', to: '5:31' },
      { alert: 'ErrorBudgetBurn', on: { window: '1h' }, from: '3:24', to: '5:18' },
      { alert: 'ErrorBudgetBurn', on: { window: '6h' }, from: '3:41', to: '6:26' },
    ],
  },
  {
    name: 'process-dies',
    length: '31:00',
    processes: [{ to: clock('6:00'), calls: poll({ every: 60, until: '6:00' }) }],
    firing: [{ alert: 'MetricsAbsent', from: '6:11', to: '30:00' }],
  },
  {
    name: 'expected',
    length: '8:00',
    rules: {
      expected: [
        { job: 'never-started' },
        { job: 'siem', operation: 'incidents.list', every: '2h' },
        { job: 'siem', operation: 'machines.list', every: '8d' },
      ],
    },
    processes: [
      {
        calls: [
          ...poll({ every: 300, until: '2:00' }),
          callAt(clock('6:00') + 20),
          callAt(20, '', { operation: 'machines.list' }),
        ],
      },
    ],
    firing: [
      { alert: 'JobAbsent', on: { job: 'never-started' }, from: '0:15' },
      {
        alert: 'JobOverdue',
        on: { operation: 'incidents.list' },
        from: '4:01',
        to: '6:00',
      },
    ],
  },
];
