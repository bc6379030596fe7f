import { alert } from './alert.ts';
import type { Query } from './query.ts';
import { type AlertingRule, type AlertSpec, lines, type RuleGroup } from './rule.ts';

/** How far back the shares of the attempts go. */
const WINDOW = '30m';

/** How long a job that used to run all the time counts as missing. */
const MISSED = '1d';

/** The alerts on the service and the client as a whole. */
export function healthGroup(query: Query): RuleGroup {
  return {
    name: 'defender-client-health',
    interval: '1m',
    rules: [throttled(query), serverErrors(query), circuitOpen(query), metricsAbsent(query)],
  };
}

/** A share of the attempts got a status, if there are enough of them. */
function statusShare(query: Query, matchers: string, share: number, attempts: number): string {
  const { group, recorded } = query;
  const sum = (filter?: string): string =>
    `sum by (${group}) (sum_over_time(${recorded('attempts:delta1m', filter)}[${WINDOW}]))`;
  return lines(
    sum(matchers),
    `  / on (${group}) ${sum()} > ${share}`,
    `and on (${group}) ${sum(matchers)} >= ${attempts}`,
  );
}

function throttled(query: Query): AlertingRule {
  const { throttledShare, throttledAttempts } = query.settings.thresholds;
  return alert(query.settings, {
    name: 'DefenderThrottled',
    severity: 'throttled',
    expr: statusShare(query, 'status="429"', throttledShare, throttledAttempts),
    for: '10m',
    keep: '15m',
    summary: 'The Defender API throttles this client.',
    subject: 'Defender calls',
    happened: `{{ $value | humanizePercentage }} of the attempts of the last ${WINDOW} were answered 429.`,
  });
}

function serverErrors(query: Query): AlertingRule {
  const { serverErrorsShare, serverErrorsAttempts } = query.settings.thresholds;
  return alert(query.settings, {
    name: 'DefenderServerErrors',
    severity: 'serverErrors',
    expr: statusShare(query, 'status=~"5.."', serverErrorsShare, serverErrorsAttempts),
    for: '5m',
    keep: '15m',
    summary: 'The Defender API answers with server errors.',
    subject: 'Defender calls',
    happened:
      `{{ $value | humanizePercentage }} of the attempts of the last ${WINDOW} were answered 5xx. ` +
      'Retries may have saved the calls.',
  });
}

function circuitOpen(query: Query): AlertingRule {
  const spec: AlertSpec = {
    name: 'DefenderCircuitOpen',
    severity: 'circuitOpen',
    expr: `${query.recorded('circuit_closed:min')} == 0`,
    for: '5m',
    keep: '5m',
    summary: 'A circuit is open: calls of one operation are refused without being sent.',
    subject: '{{ $labels.circuit }}',
    happened: 'the circuit has not closed for 5 minutes although the operation is called.',
    leads: ['operation'],
  };
  return alert(query.settings, spec);
}

function metricsAbsent(query: Query): AlertingRule {
  return alert(query.settings, {
    name: 'DefenderMetricsAbsent',
    severity: 'metricsAbsent',
    expr: lines(
      `last_over_time(${query.recorded('steady:count')}[${MISSED}])`,
      `unless on (${query.group}) ${query.recorded('processes:count')}`,
    ),
    for: '10m',
    summary: 'No metrics of the Defender client arrive.',
    subject: 'Defender metrics',
    happened:
      'the client ran all the time, but its metrics have been missing for 10 minutes. ' +
      'Until they are back, no other alert can see this client.',
  });
}
