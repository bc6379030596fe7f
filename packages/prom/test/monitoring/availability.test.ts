import { describe } from 'vitest';
import { itAlerts, itRules } from './alert-case.ts';
import { circuit, ok, type Phase, traffic } from './traffic.ts';

const hour = (calls: number): Phase => ({ minutes: 60, perMinute: [[ok, calls]] });

describe('DefenderCircuitOpen', () => {
  const alert = 'DefenderCircuitOpen';
  const times = <T>(count: number, value: T): readonly T[] => Array<T>(count).fill(value);

  itAlerts('fires when a circuit has been open for five minutes', () => ({
    alert,
    samples: [circuit([...times(5, 'closed' as const), ...times(20, 'open' as const)])],
    silent: [9],
    fires: [10, 20],
  }));

  itAlerts('fires when probes fail again and again', () => ({
    alert,
    samples: [
      circuit([
        ...times(5, 'closed' as const),
        ...times(4, ['open', 'open', 'half_open'] as const).flat(),
      ]),
    ],
    fires: [10, 13],
  }));

  itAlerts('is silent when the circuit closes before', () => ({
    alert,
    samples: [
      circuit([
        ...times(5, 'closed' as const),
        ...times(5, 'open' as const),
        ...times(10, 'closed' as const),
      ]),
    ],
    silent: [9, 10, 11, 15],
  }));

  itAlerts('fires when it is open in one instance of two', () => ({
    alert,
    samples: [
      circuit(times(20, 'closed' as const)),
      circuit(times(20, 'open' as const), 'job="soar",instance="b:9464"'),
    ],
    fires: [10],
  }));
});

describe('DefenderMetricsAbsent', () => {
  const alert = 'DefenderMetricsAbsent';
  const gone = (count: number): Phase => ({ minutes: count, gone: true });

  itAlerts('fires ten minutes after the metrics of a job went away', () => ({
    alert,
    matcher: 'job="soar"',
    // A series counts as there until its last sample is five minutes old.
    samples: [traffic([hour(1), gone(60)])],
    silent: [60, 74],
    fires: [76],
  }));

  itAlerts('fires for that job alone', () => ({
    alert,
    matcher: 'job!="soar"',
    samples: [traffic([hour(1), gone(60)]), traffic([hour(1), hour(1)], { job: 'siem' })],
    silent: [80, 100],
  }));

  itAlerts('is silent while one instance of the job is there', () => ({
    alert,
    samples: [traffic([hour(1), gone(60)]), traffic([hour(1), hour(1)], { instance: 'b:9464' })],
    silent: [80, 100],
  }));

  itAlerts('is silent about a job that has been away for longer than a day', () => ({
    alert,
    samples: [
      traffic([hour(1), gone(25 * 60)]),
      traffic([hour(1), { ...hour(1), minutes: 25 * 60 }], { job: 'siem' }),
    ],
    fires: [24 * 60 + 55],
    silent: [25 * 60 + 5],
  }));

  itAlerts('fires where no metrics ever came', () => ({
    alert,
    samples: [],
    silent: [9],
    fires: [10, 60],
  }));

  itAlerts('is silent where a client never made a call', () => ({
    alert,
    samples: [traffic([hour(0)])],
    silent: [10, 30, 60],
  }));
});

itRules('names the job whose metrics went away', 'DefenderMetricsAbsent', () => ({
  samples: [traffic([hour(1), { minutes: 60, gone: true }])],
  alerts: [
    {
      name: 'DefenderMetricsAbsent',
      minute: 80,
      labels: { severity: 'warning', job: 'soar' },
      annotations: {
        summary: 'No metrics of the Defender client arrive.',
        description:
          'No metrics of the Defender client soar have arrived for 10m. No other Defender alert can fire meanwhile.',
        runbook_url: 'https://defender-resilience.example/runbooks/DefenderMetricsAbsent',
        dashboard_url: 'http://localhost:3000/d/defender-client-overview?var-job=soar',
      },
    },
  ],
}));
