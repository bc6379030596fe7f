import type { Calls, Transition } from './fake-client.ts';
import {
  between,
  callAt,
  clock,
  type Ending,
  type Firing,
  INCIDENTS,
  poll,
  type Scenario,
} from './scenario.ts';

const burn = (window: string, from: string, to?: string): Firing => ({
  alert: 'ErrorBudgetBurn',
  on: { window },
  from,
  ...(to === undefined ? {} : { to }),
});

const failing = (from: string, to: string): Firing => ({
  alert: 'OperationFailing',
  on: INCIDENTS,
  from,
  to,
});

const OPENS = clock('4:20');

/** The service fails from 4:00; the circuit opens at 4:20 and refuses calls but for a probe every 4 minutes. */
function circuitCalls(calledUntil: string, mendedAt: number, until: string) {
  const ends: Ending = (at, index) => {
    if (at < clock('4:00') || at >= mendedAt) return '';
    return at >= OPENS && index % 2 === 1 ? 'CircuitOpen' : 'InternalServerError';
  };
  const isCalled = ({ at }: Calls): boolean => at < clock(calledUntil);
  const calls = poll({ every: 120, until, ends }).filter(isCalled);
  const probes = calls.filter(({ at, code }) => at >= OPENS && code !== 'CircuitOpen');
  const transitions: Transition[] = [{ at: OPENS, ...INCIDENTS, to: 'open' }];
  for (const { at, code } of probes) {
    if (at > mendedAt + 240) break;
    transitions.push({ at, ...INCIDENTS, to: 'half_open' });
    transitions.push({ at: at + 1, ...INCIDENTS, to: code === '' ? 'closed' : 'open' });
    if (code === '') break;
  }
  return { calls, transitions };
}

const IN_THE_MIDDLE = (at: number): boolean => at >= clock('3:00') && at < clock('5:00');

/**
 * What the service and the network do. A call at 4:00:20 is scraped at 4:01, and a range of Prometheus 2 has a
 * sample at both ends: 31 of 30 minutes, 61 of an hour, 6 of five minutes.
 */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: 'circuit-idle',
    length: '9:00',
    processes: [circuitCalls('6:00', Number.POSITIVE_INFINITY, '9:00')],
    firing: [
      // The third failed call at 4:05, plus 5 minutes. The last refused one, of 5:58:20, is fresh until 8:08.
      failing('4:10', '8:13'),
      // 5 of 16 attempts at 4:09, plus 5 minutes. The last five are those of 5:41 to 5:57, until 6:11.
      { alert: 'ServerErrors', from: '4:14', to: '6:26' },
      // The tenth fault at 4:19, plus 2 minutes. The last, of 5:59, is of the last five minutes until 6:04.
      burn('1h', '4:21', '6:19'),
      // The probe of 5:56 is the last transition: it leaves the 70 minutes after 7:06.
      { alert: 'CircuitOpen', on: INCIDENTS, from: '4:25', to: '7:11' },
      // 10 of 130 calls at 4:19, plus 15 minutes. Until 6:29 the last half hour has a fault and nothing else.
      burn('6h', '4:34', '7:29'),
    ],
  },
  {
    name: 'circuit-recovers',
    length: '10:00',
    processes: [circuitCalls('10:00', clock('8:00'), '10:00')],
    firing: [
      // As in circuit-idle; the probe of 8:00:20 succeeds, which is scraped at 8:01.
      failing('4:10', '8:05'),
      // The last five attempts that failed are those of 7:41 to 7:57, until 8:11; and 15 minutes more.
      { alert: 'ServerErrors', from: '4:14', to: '8:26' },
      // One of three at 8:04, none of two at 8:05; and 15 minutes more.
      burn('1h', '4:21', '8:19'),
      { alert: 'CircuitOpen', on: INCIDENTS, from: '4:25', to: '8:05' },
      // One of 16 at 8:29, and an hour more.
      burn('6h', '4:34', '9:29'),
    ],
  },
  {
    name: 'server-errors-5m',
    length: '14:00',
    processes: [
      {
        calls: poll({
          every: 300,
          until: '14:00',
          ends: between('4:00', '6:00', 'InternalServerError'),
        }),
      },
    ],
    firing: [
      // The third failed call at 4:11, plus 5 minutes; the success at 6:01.
      failing('4:16', '6:05'),
      // The fifth at 4:21, plus 5 minutes; 5 of 7 at 6:06, and 15 minutes more.
      { alert: 'ServerErrors', from: '4:26', to: '6:21' },
      // The tenth fault at 4:46, plus 2 minutes; one of two at 6:01, and 15 minutes more.
      burn('1h', '4:48', '6:16'),
      // 10 of 58 at 4:46, plus 15 minutes; one of 7 at 6:26, and an hour more. The share of six hours is
      // between 6 % and 1 % from 11:37 to 11:56, too short for the alert of three days.
      burn('6h', '5:01', '7:26'),
    ],
  },
  {
    name: 'outage-1h',
    length: '24:00',
    processes: [
      {
        calls: poll({
          every: 30,
          first: 5,
          until: '24:00',
          ends: between('4:00', '5:00', 'InternalServerError'),
        }),
      },
    ],
    firing: [
      // The third failed call at 4:02, plus 5 minutes; the success at 5:01.
      failing('4:07', '5:05'),
      // 18 of 122 at 4:09, plus 2 minutes; 2 of 12 at 5:05, and 15 minutes more.
      burn('1h', '4:11', '5:20'),
      // 14 of 62 at 4:07, plus 5 minutes; 14 of 62 at 5:24, and 15 minutes more.
      { alert: 'ServerErrors', from: '4:12', to: '5:39' },
      // 32 of 512 at 4:16, plus 15 minutes; 4 of 62 at 5:29, and an hour more. The share of six hours is
      // between 6 % and 1 % from 10:40 to 10:57, too short for the alert of three days.
      burn('6h', '4:31', '6:29'),
    ],
  },
  {
    name: 'throttled',
    length: '8:00',
    processes: [
      {
        calls: poll({
          every: 60,
          until: '8:00',
          ends: (at, index) => (IN_THE_MIDDLE(at) && index % 3 === 0 ? 'TooManyRequests' : ''),
        }),
      },
    ],
    firing: [
      // The fifth at 3:13, of 31, plus 10 minutes. The last five are those of 4:46 to 4:58, until 5:16.
      { alert: 'Throttled', from: '3:23', to: '5:31' },
      // The tenth fault at 3:28, of 61, plus 2 minutes; one of 6 at 5:03, and 15 minutes more.
      burn('1h', '3:30', '5:18'),
      // 14 of 220 at 3:40, plus 15 minutes; 2 of 31 at 5:25, and an hour more.
      burn('6h', '3:55', '6:25'),
    ],
  },
  {
    name: 'retried-server-errors',
    length: '8:00',
    processes: [
      {
        calls: poll({ every: 60, until: '8:00' }).map((call) =>
          IN_THE_MIDDLE(call.at) ? { ...call, statuses: ['500', '200'] } : call,
        ),
      },
    ],
    // 8 of 39 attempts at 3:08, plus 5 minutes; 8 of 39 at 5:23, and 15 minutes more.
    firing: [{ alert: 'ServerErrors', from: '3:13', to: '5:38' }],
  },
  {
    name: 'burn-beside-refusals',
    length: '8:00',
    processes: [
      {
        calls: [
          ...poll({
            every: 30,
            first: 0,
            until: '8:00',
            ends: (at, index) =>
              IN_THE_MIDDLE(at) && index % 4 === 0 ? 'InternalServerError' : '',
          }),
          ...poll({ operation: 'vulnerabilities.list', every: 60, first: 52, until: '8:00' }).map(
            ({ at, operation }) => callAt(at, 'DisabledFeature', { operation, times: 4 }),
          ),
        ],
      },
    ],
    firing: [
      {
        alert: 'RefusalsChronic',
        on: { operation: 'vulnerabilities.list', code: 'DisabledFeature' },
        // The fifth refused call is scraped at 0:02, plus 30 minutes.
        from: '0:32',
      },
      // 18 of 122 at 3:34, plus 2 minutes; 2 of 12 at 5:01, and 15 minutes more.
      burn('1h', '3:36', '5:16'),
      // 29 of 472 at 3:56, plus 15 minutes; 4 of 62 at 5:22, and an hour more.
      burn('6h', '4:11', '6:22'),
    ],
  },
  {
    name: 'burn-2pct',
    length: '19:00',
    processes: [
      {
        calls: poll({
          every: 60,
          until: '19:00',
          ends: (at, index) =>
            at < clock('12:00') && index % 50 === 49 ? 'InternalServerError' : '',
        }),
      },
    ],
    // The tenth fault is scraped at 8:20, plus 3 hours. The last four are those of 9:10 to 11:40: 4 of 361 at
    // 15:10, and 3 hours more.
    firing: [burn('3d', '11:20', '18:10')],
  },
];
