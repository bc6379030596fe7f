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

/** What the service and the network do. */
export const serviceScenarios: readonly Scenario[] = [
  {
    name: 'circuit-idle',
    length: '9:00',
    processes: [circuitCalls('6:00', Number.POSITIVE_INFINITY, '9:00')],
    firing: [
      failing('4:10', '8:13'),
      { alert: 'ServerErrors', from: '4:14', to: '6:26' },
      burn('1h', '4:21', '6:19'),
      { alert: 'CircuitOpen', on: INCIDENTS, from: '4:25', to: '7:11' },
      burn('6h', '4:34', '7:29'),
    ],
  },
  {
    name: 'circuit-recovers',
    length: '10:00',
    processes: [circuitCalls('10:00', clock('8:00'), '10:00')],
    firing: [
      failing('4:10', '8:05'),
      { alert: 'ServerErrors', from: '4:14', to: '8:26' },
      burn('1h', '4:21', '8:19'),
      { alert: 'CircuitOpen', on: INCIDENTS, from: '4:25', to: '8:05' },
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
      failing('4:16', '6:05'),
      { alert: 'ServerErrors', from: '4:26', to: '6:21' },
      burn('1h', '4:48', '6:16'),
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
      failing('4:07', '5:05'),
      burn('1h', '4:11', '5:20'),
      { alert: 'ServerErrors', from: '4:12', to: '5:39' },
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
      { alert: 'Throttled', from: '3:23', to: '5:31' },
      burn('1h', '3:30', '5:18'),
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
        from: '0:32',
      },
      burn('1h', '3:36', '5:16'),
      burn('6h', '4:11', '6:22'),
    ],
  },
  {
    name: 'burn-2pct',
    length: '12:00',
    processes: [
      {
        calls: poll({
          every: 60,
          until: '12:00',
          ends: (_, index) => (index % 50 === 49 ? 'InternalServerError' : ''),
        }),
      },
    ],
    firing: [burn('3d', '11:20')],
  },
];
