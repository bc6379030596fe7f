import { thresholds } from '../thresholds.ts';
import { series } from '../vocabulary.ts';
import { recorded } from './counts.ts';
import { type AlertingRule, alert, percent, promql } from './rule.ts';

const { window, throttled, circuitOpen, retriesExhausted, serverErrors, metricsAbsent } =
  thresholds;

const COUNT = '{{ $value | printf "%.0f" }}';

/** The 429s that were retried, and those that ended a call. The labels differ, so `or` keeps both. */
const throttles = promql(`
  sum by (job) (
    ${recorded.retries}{reason="TooManyRequests"}
    or ${recorded.errors}{class="throttle"}
  )`);

const throttledAlert = alert({
  name: 'DefenderThrottled',
  expr: promql(`
    ${throttles.replaceAll('\n', '\n    ')} >= ${throttled.events}
    and
    ${throttles.replaceAll('\n', '\n    ')}
      / on (job) sum by (job) (${recorded.attempts}) > ${throttled.share}`),
  for: throttled.for,
  severity: 'warning',
  summary: 'The Defender API throttles this client.',
  description:
    `${COUNT} attempts of {{ $labels.job }} were throttled in the last ${window}, more than ` +
    `${percent(throttled.share)} of its attempts, and have been for ${throttled.for}. ` +
    'Calls wait for their quota or fail.',
  dashboard: { code: 'TooManyRequests' },
});

const circuitOpenAlert = alert({
  name: 'DefenderCircuitOpen',
  // Not closed, rather than open: a circuit that probes in vain is half-open now and then.
  expr: `min by (job, circuit) (${series('circuit_state')}{state="closed"}) == 0`,
  for: circuitOpen.for,
  severity: 'critical',
  summary: 'A circuit is open: calls of one operation are refused without being sent.',
  description:
    `The circuit {{ $labels.circuit }} of {{ $labels.job }} has not been closed for ${circuitOpen.for}: ` +
    'nearly every attempt fails, and calls are refused until a probe succeeds.',
});

const triedAgain = `sum by (job) (${recorded.giveUps}{reason=~"retries_exhausted|budget_exhausted|deadline"})`;

const retriesExhaustedAlert = alert({
  name: 'DefenderRetriesExhausted',
  expr: promql(`
    ${triedAgain} >= ${retriesExhausted.calls}
    and ${triedAgain} / on (job) ${recorded.operations} > ${retriesExhausted.share}`),
  for: retriesExhausted.for,
  severity: 'warning',
  summary: 'Calls fail although they are tried again.',
  description:
    `${COUNT} calls of {{ $labels.job }} failed in the last ${window} after their retries, the retry ` +
    `budget or their time was used up: more than ${percent(retriesExhausted.share)} of its calls.`,
});

const failedAttempts = `sum by (job) (${recorded.attempts}{status=~"5.."})`;

const serverErrorsAlert = alert({
  name: 'DefenderServerErrors',
  expr: promql(`
    ${failedAttempts} >= ${serverErrors.attempts}
    and ${failedAttempts} / on (job) sum by (job) (${recorded.attempts}) > ${serverErrors.share}`),
  for: serverErrors.for,
  severity: 'warning',
  summary: 'The Defender API answers with server errors.',
  description:
    `${COUNT} attempts of {{ $labels.job }} were answered 5xx in the last ${window}, more than ` +
    `${percent(serverErrors.share)} of its attempts. Retries may have saved the calls.`,
  dashboard: { code: 'InternalServerError' },
});

const info = series('info');

const metricsAbsentAlert = alert({
  name: 'DefenderMetricsAbsent',
  // Jobs that were there lately and are not now; and, where there is none, that none is there at all.
  expr: promql(`
    (
      group by (job) (last_over_time(${info}[${metricsAbsent.past}]))
      unless group by (job) (${info})
    )
    or on () absent_over_time(${info}[${metricsAbsent.past}])`),
  for: metricsAbsent.for,
  severity: 'warning',
  summary: 'No metrics of the Defender client arrive.',
  description:
    `No metrics of the Defender client{{ with $labels.job }} {{ . }}{{ end }} have arrived for ` +
    `${metricsAbsent.for}. No other Defender alert can fire meanwhile.`,
});

/** The alerts on the client and the service as a whole. */
export const healthAlerts: readonly AlertingRule[] = [
  throttledAlert,
  circuitOpenAlert,
  retriesExhaustedAlert,
  serverErrorsAlert,
  metricsAbsentAlert,
];
