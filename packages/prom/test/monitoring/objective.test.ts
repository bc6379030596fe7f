import { describe } from 'vitest';
import { itAlerts, itRules } from './alert-case.ts';
import {
  badRequest,
  cancelled,
  type Event,
  failed,
  forbidden,
  ok,
  type Phase,
  serverError,
  traffic,
} from './traffic.ts';

const alert = 'DefenderErrorBudgetBurn';
const fast = 'long="1h"';
const slow = 'long="6h"';
const creeping = 'long="3d"';

const minutes = (count: number, ...perMinute: readonly (readonly [Event, number])[]): Phase => ({
  minutes: count,
  perMinute,
});

/** Minutes of a hundred calls, of which some fail. */
const failing = (count: number, faults: number, fault: Event = serverError): Phase =>
  minutes(count, [ok, 100 - faults], [fault, faults]);

/** A fault in each of some minutes, and one more some minutes later. */
const faults = (first: number, later: number): readonly Phase[] => [
  minutes(first, [serverError, 1]),
  minutes(later - 1),
  minutes(1, [serverError, 1]),
];

describe('DefenderErrorBudgetBurn over an hour', () => {
  itAlerts('fires when more than 14.4 % fail', () => ({
    alert,
    matcher: `${fast},severity="critical"`,
    samples: [traffic([failing(90, 14.5)])],
    fires: [70, 90],
  }));

  itAlerts('is silent at 14.4 %', () => ({
    alert,
    matcher: fast,
    samples: [traffic([failing(120, 14.4)])],
    silent: [30, 70, 90, 120],
  }));

  itAlerts('takes the hour before into account', () => ({
    alert,
    matcher: fast,
    samples: [traffic([failing(60, 0), failing(6, 100), failing(60, 0)])],
    silent: [63, 66, 68],
  }));

  itAlerts('is over soon after the trouble is', () => ({
    alert,
    matcher: fast,
    samples: [traffic([failing(60, 0), failing(20, 100), failing(60, 0)])],
    fires: [80],
    silent: [86, 100, 120],
  }));

  itAlerts('needs two minutes', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(60), failing(20, 100)])],
    silent: [62],
    fires: [63],
  }));

  itAlerts('fires when every call of a client of one call a minute fails', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(60, [ok, 1]), minutes(20, [serverError, 1])])],
    silent: [70],
    fires: [75],
  }));

  itAlerts('fires at the sixth fault after five', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(60), ...faults(5, 3), minutes(20)])],
    silent: [69],
    fires: [70],
  }));

  itAlerts('is silent at the fifth fault after four', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(60), ...faults(4, 3), minutes(20)])],
    silent: [68, 69, 70, 71, 72, 73],
  }));
});

describe('DefenderErrorBudgetBurn over six hours', () => {
  itAlerts('fires when more than 6 % fail', () => ({
    alert,
    matcher: `${slow},severity="warning"`,
    samples: [traffic([failing(420, 6.1)])],
    fires: [400],
  }));

  itAlerts('is silent at 6 %', () => ({
    alert,
    matcher: slow,
    samples: [traffic([failing(420, 6)])],
    silent: [60, 200, 420],
  }));

  itAlerts('takes the six hours before into account', () => ({
    alert,
    matcher: slow,
    samples: [traffic([failing(360, 0), failing(60, 30), failing(30, 0)])],
    silent: [380, 400, 420, 440],
  }));

  itAlerts('is over half an hour after the trouble is', () => ({
    alert,
    matcher: slow,
    samples: [traffic([failing(360, 0), failing(60, 60), failing(60, 0)])],
    fires: [420, 440],
    silent: [456, 470],
  }));

  itAlerts('needs a quarter of an hour', () => ({
    alert,
    matcher: slow,
    samples: [traffic([minutes(60), failing(60, 10)])],
    silent: [76],
    fires: [77],
  }));
});

describe('DefenderErrorBudgetBurn over three days', () => {
  const day = 24 * 60;

  itAlerts('fires when more than 1 % fail', () => ({
    alert,
    matcher: `${creeping},severity="warning"`,
    samples: [traffic([failing(10 * 60, 1.1)])],
    fires: [9 * 60],
  }));

  itAlerts('is silent at 1 %', () => ({
    alert,
    matcher: creeping,
    samples: [traffic([failing(10 * 60, 1)])],
    silent: [2 * 60, 9 * 60],
  }));

  itAlerts('takes the three days before into account', () => ({
    alert,
    matcher: creeping,
    samples: [traffic([failing(2 * day, 0), failing(5 * 60, 9), failing(60, 0)])],
    silent: [2 * day + 4 * 60, 2 * day + 5 * 60],
  }));

  itAlerts('is over six hours after the trouble is', () => ({
    alert,
    matcher: creeping,
    samples: [traffic([failing(3 * 60, 20), failing(8 * 60, 0)])],
    fires: [8 * 60],
    silent: [9 * 60 + 10],
  }));

  itAlerts('needs an hour', () => ({
    alert,
    matcher: creeping,
    samples: [traffic([minutes(60), failing(120, 5)])],
    silent: [122],
    fires: [123],
  }));
});

describe('the success objective', () => {
  itAlerts('forgives what the caller did wrong', () => ({
    alert,
    samples: [
      traffic([
        minutes(
          400,
          [ok, 50],
          [badRequest, 20],
          [failed('ResourceNotFound', 'not_found', '404'), 20],
          [failed('ActiveRequestAlreadyExists', 'conflict', '400'), 10],
        ),
      ]),
    ],
    silent: [60, 120, 400],
  }));

  itAlerts('does not let the caller’s faults hide the service’s', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(90, [badRequest, 90], [ok, 8], [serverError, 2])])],
    fires: [80],
  }));

  itAlerts('leaves cancelled calls out', () => ({
    alert,
    matcher: fast,
    samples: [traffic([minutes(90, [cancelled, 90], [ok, 8], [serverError, 2])])],
    fires: [80],
  }));

  itAlerts('counts a lack of permissions as a fault', () => ({
    alert,
    matcher: fast,
    samples: [traffic([failing(90, 20, forbidden)])],
    fires: [80],
  }));

  itAlerts('counts faults of a series that is born with them', () => ({
    alert,
    matcher: fast,
    samples: [
      traffic([minutes(60), minutes(1, [serverError, 10]), minutes(20)], {
        sparse: ['errors_total', 'operations_total'],
      }),
    ],
    fires: [65],
  }));
});

itRules('says how much of the budget burns', alert, () => ({
  samples: [traffic([failing(120, 50)])],
  alerts: [
    {
      name: alert,
      minute: 10,
      labels: { severity: 'critical', job: 'soar', long: '1h', short: '5m' },
      annotations: {
        summary: 'Calls to the Defender API fail more often than the objective allows.',
        description:
          '50% of the valid calls of soar failed in the last 1h, more than 14.4%; the objective of 99% allows 1%.',
        runbook_url: 'https://defender-resilience.example/runbooks/DefenderErrorBudgetBurn',
        dashboard_url: 'http://localhost:3000/d/defender-client-overview?var-job=soar',
      },
    },
  ],
}));
