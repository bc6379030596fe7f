import { describe } from 'vitest';
import { itAlerts, itRules } from './alert-case.ts';
import {
  disabledFeature,
  disallowedOperation,
  type Event,
  forbidden,
  ok,
  type Phase,
  serverError,
  traffic,
} from './traffic.ts';

/** An hour in which all is well. */
const hour = (calls: number): Phase => ({ minutes: 60, perMinute: [[ok, calls]] });

/** Minutes in which some calls are refused. */
const refused = (minutes: number, errors: number, others = 0, event = forbidden): Phase => ({
  minutes,
  perMinute: [
    [event, errors],
    [ok, others],
  ],
});

const idle = (minutes: number): Phase => ({ minutes });

const spikes: readonly (readonly [alert: string, event: Event])[] = [
  ['DefenderForbiddenSpike', forbidden],
  ['DefenderDisabledFeatureSpike', disabledFeature],
  ['DefenderDisallowedOperationSpike', disallowedOperation],
];

describe.each(spikes)('%s', (alert, event) => {
  itAlerts('fires when half of the calls are refused all at once', () => ({
    alert,
    samples: [traffic([hour(10), refused(10, 5, 5, event)])],
    silent: [60],
    fires: [70],
  }));

  itAlerts('is silent about another code', () => ({
    alert,
    samples: [traffic([hour(10), refused(10, 5, 5, serverError)])],
    silent: [62, 66, 70],
  }));

  itAlerts('is silent in an hour in which all is well', () => ({
    alert,
    samples: [traffic([hour(10), hour(1)])],
    silent: [30, 60, 90, 120],
  }));
});

const alert = 'DefenderForbiddenSpike';

describe('a spike', () => {
  itAlerts('is four refused calls of a client of one call a minute, held for two minutes', () => ({
    alert,
    samples: [traffic([hour(1), refused(4, 1), hour(1)])],
    silent: [64, 65],
    fires: [66],
  }));

  itAlerts('is not three refused calls', () => ({
    alert,
    samples: [traffic([hour(1), refused(3, 1), hour(1)])],
    silent: [63, 65, 67, 69],
  }));

  itAlerts('is over when its errors are ten minutes ago', () => ({
    alert,
    samples: [traffic([hour(1), refused(4, 1), hour(1)])],
    fires: [70],
    silent: [71],
  }));

  itAlerts('is not four errors in more than ten minutes', () => ({
    alert,
    samples: [traffic([hour(1), refused(3, 1), refused(8, 0, 1), refused(1, 1), hour(1)])],
    silent: [70, 72, 74, 76],
  }));

  itAlerts('needs five calls', () => ({
    alert,
    samples: [traffic([hour(1), idle(20), refused(1, 4, 1), idle(10)])],
    fires: [83],
  }));

  itAlerts('is not made of four calls', () => ({
    alert,
    samples: [traffic([hour(1), idle(20), refused(1, 4), idle(10)])],
    silent: [83, 86],
  }));

  itAlerts('is more than one call of a hundred', () => ({
    alert,
    samples: [traffic([hour(100), refused(20, 1.1, 98.9)])],
    fires: [80],
  }));

  itAlerts('is not one call of a hundred', () => ({
    alert,
    samples: [traffic([hour(100), refused(20, 1, 99)])],
    silent: [70, 75, 80],
  }));
});

describe('a spike against its own past', () => {
  const chronic = (minutes: number): Phase => refused(minutes, 1, 19);

  itAlerts('is silent about a chronic share of refused calls', () => ({
    alert,
    samples: [traffic([chronic(600)])],
    silent: [200, 300, 400, 500, 600],
  }));

  itAlerts('is silent when traffic grows and the share does not', () => ({
    alert,
    samples: [traffic([chronic(300), refused(30, 10, 190)])],
    silent: [305, 310, 315, 320, 330],
  }));

  itAlerts('is silent at three times what was to be expected, and three calls', () => ({
    alert,
    samples: [traffic([chronic(300), refused(10, 3.3, 16.7), chronic(10)])],
    silent: [310, 312],
  }));

  itAlerts('fires at one call more', () => ({
    alert,
    samples: [traffic([chronic(300), refused(10, 3.4, 16.6), refused(10, 3.4, 16.6)])],
    silent: [305],
    fires: [314],
  }));

  itAlerts('takes what lasts for longer than an hour for the way things are', () => ({
    alert,
    samples: [traffic([refused(180, 5, 5)])],
    fires: [10, 60],
    silent: [70, 120, 180],
  }));

  itAlerts('remembers for a day', () => ({
    alert,
    samples: [traffic([refused(120, 5, 5), idle(22 * 60), refused(10, 5, 5)])],
    silent: [24 * 60 + 9],
  }));

  itAlerts('forgets after a day', () => ({
    alert,
    samples: [traffic([refused(120, 5, 5), idle(26 * 60), refused(10, 5, 5)])],
    fires: [28 * 60 + 9],
  }));
});

describe('a spike and the life of its series', () => {
  itAlerts('counts the first errors of a series that is born with them', () => ({
    alert,
    samples: [traffic([hour(1), refused(1, 4, 1), idle(10)], { sparse: ['errors_total'] })],
    fires: [63],
  }));

  itAlerts('counts the calls of series that are born with them', () => ({
    alert,
    samples: [traffic([idle(60), refused(1, 4, 1), idle(10)], { sparse: ['operations_total'] })],
    fires: [63],
  }));

  itAlerts('counts across a restart', () => ({
    alert,
    samples: [
      traffic([hour(1), refused(2, 1, 1), { ...refused(2, 1, 1), restarts: true }, idle(10)]),
    ],
    fires: [66],
  }));

  itAlerts('does not take a restart for errors', () => ({
    alert,
    samples: [
      traffic([hour(1), { ...refused(3, 1, 1), restarts: true }, idle(10)], { from: 5_000 }),
    ],
    silent: [61, 63, 65, 67],
  }));

  itAlerts('does not take the past of a process that is new to Prometheus for news', () => ({
    alert,
    samples: [traffic([refused(30, 0.05, 0.95)], { from: 5_000 })],
    silent: [1, 3, 5, 10, 20, 30],
  }));

  itAlerts('adds the instances of a job up', () => ({
    alert,
    samples: [
      traffic([hour(1), refused(2, 1), hour(1)], { instance: 'a:9464' }),
      traffic([hour(1), refused(2, 1), hour(1)], { instance: 'b:9464' }),
    ],
    fires: [65],
  }));

  itAlerts('does not add jobs up', () => ({
    alert,
    samples: [
      traffic([hour(1), refused(2, 1), hour(1)], { job: 'soar' }),
      traffic([hour(1), refused(2, 1), hour(1)], { job: 'siem' }),
    ],
    silent: [63, 65, 67],
  }));
});

itRules('says which code, how often, and where to look', alert, () => ({
  samples: [traffic([hour(10), refused(10, 5, 5)], { job: 'soar eu' })],
  alerts: [
    {
      name: 'DefenderForbiddenSpike',
      minute: 70,
      labels: { severity: 'warning', job: 'soar eu', code: 'Forbidden', class: 'permission' },
      annotations: {
        summary: 'The Defender API refuses calls for lack of a permission.',
        description:
          '50 calls of soar eu ended with Forbidden in the last 10m, more than 3 times what the past 1d leads to expect. The dashboard leads to their tracking IDs.',
        runbook_url: 'https://defender-resilience.example/runbooks/DefenderForbiddenSpike',
        dashboard_url:
          'http://localhost:3000/d/defender-client-overview?var-job=soar+eu&var-code=Forbidden',
      },
    },
  ],
}));
