import { describe } from 'vitest';
import { itAlerts } from './alert-case.ts';
import {
  type Event,
  failed,
  forbidden,
  ok,
  type Phase,
  retriedServerError,
  retriedThrottle,
  serverError,
  traffic,
  unauthorized,
} from './traffic.ts';

const hour = (calls: number): Phase => ({ minutes: 60, perMinute: [[ok, calls]] });

const minutes = (count: number, ...perMinute: readonly (readonly [Event, number])[]): Phase => ({
  minutes: count,
  perMinute,
});

describe('DefenderUnauthorized', () => {
  const alert = 'DefenderUnauthorized';

  itAlerts('fires two minutes after three calls failed to authenticate', () => ({
    alert,
    samples: [traffic([hour(1), minutes(3, [unauthorized, 1]), hour(1)])],
    silent: [64],
    fires: [65],
  }));

  itAlerts('is silent about two', () => ({
    alert,
    samples: [traffic([hour(1), minutes(2, [unauthorized, 1]), hour(1)])],
    silent: [63, 66, 69],
  }));

  itAlerts('adds the codes of the same kind up', () => ({
    alert,
    samples: [
      traffic([
        hour(1),
        minutes(1, [unauthorized, 2], [failed('InvalidAuthenticationToken', 'auth', '401'), 1]),
        hour(1),
      ]),
    ],
    fires: [64],
  }));

  itAlerts('is silent about one call of twenty', () => ({
    alert,
    samples: [traffic([hour(20), minutes(20, [ok, 19], [unauthorized, 1])])],
    silent: [70, 75, 80],
  }));

  itAlerts('fires at more than one call of twenty', () => ({
    alert,
    samples: [traffic([hour(20), minutes(20, [ok, 18.9], [unauthorized, 1.1])])],
    fires: [80],
  }));

  itAlerts('is silent about a lack of permissions', () => ({
    alert,
    samples: [traffic([hour(1), minutes(10, [forbidden, 1])])],
    silent: [65, 70],
  }));
});

describe('DefenderThrottled', () => {
  const alert = 'DefenderThrottled';

  itAlerts('fires when a tenth of the attempts was throttled for ten minutes', () => ({
    alert,
    samples: [traffic([hour(10), minutes(30, [ok, 10], [retriedThrottle, 1.2])])],
    silent: [70, 78],
    fires: [81],
  }));

  itAlerts('is silent at a tenth exactly', () => ({
    alert,
    samples: [traffic([hour(9), minutes(30, [ok, 9], [retriedThrottle, 1])])],
    silent: [80, 85, 90],
  }));

  itAlerts('is silent about one burst', () => ({
    alert,
    samples: [traffic([hour(10), minutes(1, [retriedThrottle, 40]), hour(10)])],
    silent: [65, 70, 71, 75],
  }));

  itAlerts('fires at three throttled attempts in every ten minutes', () => ({
    alert,
    samples: [traffic([hour(1), minutes(40, [retriedThrottle, 0.3])])],
    fires: [85, 95],
  }));

  itAlerts('is silent at two', () => ({
    alert,
    samples: [traffic([hour(1), minutes(40, [retriedThrottle, 0.2])])],
    silent: [75, 85, 95],
  }));

  itAlerts('counts what was retried and what ended the call', () => ({
    alert,
    samples: [
      traffic([
        hour(1),
        minutes(
          40,
          [retriedThrottle, 0.2],
          [failed('TooManyRequests', 'throttle', '429', 'retries_exhausted'), 0.1],
        ),
      ]),
    ],
    fires: [90],
  }));

  itAlerts('is silent about retries for other reasons', () => ({
    alert,
    samples: [traffic([hour(1), minutes(40, [retriedServerError, 1])])],
    silent: [75, 85, 95],
  }));
});

describe('DefenderRetriesExhausted', () => {
  const alert = 'DefenderRetriesExhausted';
  const exhausted = (reason: string): Event =>
    failed('InternalServerError', 'server', '500', reason);

  itAlerts('fires two minutes after three calls failed for good', () => ({
    alert,
    samples: [traffic([hour(1), minutes(3, [serverError, 1]), hour(1)])],
    silent: [64],
    fires: [65],
  }));

  itAlerts('is silent about two', () => ({
    alert,
    samples: [traffic([hour(1), minutes(2, [serverError, 1]), hour(1)])],
    silent: [63, 66, 69],
  }));

  itAlerts('counts the retry budget and the deadline too', () => ({
    alert,
    samples: [
      traffic([
        hour(1),
        minutes(
          1,
          [exhausted('budget_exhausted'), 1],
          [exhausted('deadline'), 1],
          [exhausted('retries_exhausted'), 1],
        ),
        hour(1),
      ]),
    ],
    fires: [64],
  }));

  itAlerts('is silent about what was never to be tried again', () => ({
    alert,
    samples: [traffic([hour(1), minutes(10, [exhausted('terminal'), 5])])],
    silent: [64, 70],
  }));

  itAlerts('is silent about one call of twenty', () => ({
    alert,
    samples: [traffic([hour(20), minutes(20, [ok, 19], [serverError, 1])])],
    silent: [70, 75, 80],
  }));

  itAlerts('fires at more than one call of twenty', () => ({
    alert,
    samples: [traffic([hour(20), minutes(20, [ok, 18.9], [serverError, 1.1])])],
    fires: [80],
  }));
});

describe('DefenderServerErrors', () => {
  const alert = 'DefenderServerErrors';

  itAlerts('fires when more than a fifth of the attempts failed for five minutes', () => ({
    alert,
    samples: [traffic([hour(10), minutes(30, [ok, 7.9], [retriedServerError, 2.1])])],
    fires: [80],
  }));

  itAlerts('is silent at a fifth exactly', () => ({
    alert,
    samples: [traffic([hour(8), minutes(30, [ok, 8], [retriedServerError, 2])])],
    silent: [75, 80, 90],
  }));

  itAlerts('fires five minutes after the fifth failed attempt', () => ({
    alert,
    samples: [traffic([hour(1), minutes(20, [retriedServerError, 1])])],
    silent: [69],
    fires: [70],
  }));

  itAlerts('is silent about four failed attempts', () => ({
    alert,
    samples: [traffic([hour(0), minutes(4, [retriedServerError, 1]), hour(0)])],
    silent: [69, 70, 73],
  }));

  itAlerts('counts every kind of 5xx and nothing else', () => ({
    alert,
    samples: [
      traffic([
        hour(1),
        minutes(
          20,
          [failed('Http503', 'server', '503', 'retries_exhausted'), 0.3],
          [failed('_OTHER', 'server', '5xx', 'terminal'), 0.3],
          [failed('Forbidden', 'permission', '403'), 1],
        ),
      ]),
    ],
    fires: [80],
  }));

  itAlerts('is silent about 4xx', () => ({
    alert,
    samples: [traffic([hour(1), minutes(20, [forbidden, 5])])],
    silent: [70, 80],
  }));
});
