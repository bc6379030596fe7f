import { thresholds } from '../thresholds.ts';
import { recorded } from './counts.ts';
import { type AlertingRule, alert, percent, promql } from './rule.ts';

const { window, spike, unauthorized } = thresholds;

/** What differs between the spikes. */
interface Spike {
  readonly name: string;
  readonly code: string;
  readonly summary: string;
}

/**
 * More of a code than its own past leads to expect, in more than a handful of calls. The past is a
 * share of the calls, so that twice the traffic is no spike and a young series has a fair past.
 */
function spikeAlert({ name, code, summary }: Spike): AlertingRule {
  const errors = `${recorded.errors}{code="${code}"}`;
  const expected = `${recorded.expectedErrors}{code="${code}"}`;
  return alert({
    name,
    expr: promql(`
      ${errors} > ${spike.factor} * ${expected} + ${spike.slack}
      and ${errors} / on (job) group_left () ${recorded.operations} > ${spike.share}
      and on (job) ${recorded.operations} >= ${spike.operations}`),
    for: spike.for,
    severity: 'warning',
    summary,
    description:
      `{{ $value | printf "%.0f" }} calls of {{ $labels.job }} ended with ${code} in the last ${window}, ` +
      `more than ${spike.factor} times what the past ${spike.past} leads to expect. ` +
      'The dashboard leads to their tracking IDs.',
    dashboard: { code },
  });
}

const spikes: readonly Spike[] = [
  {
    name: 'DefenderForbiddenSpike',
    code: 'Forbidden',
    summary: 'The Defender API refuses calls for lack of a permission.',
  },
  {
    name: 'DefenderDisabledFeatureSpike',
    code: 'DisabledFeature',
    summary: 'The Defender API refuses calls because a feature of the tenant is not enabled.',
  },
  {
    name: 'DefenderDisallowedOperationSpike',
    code: 'DisallowedOperation',
    summary: 'The Defender API refuses calls because the operation is not allowed.',
  },
];

const auth = `sum by (job) (${recorded.errors}{class="auth"})`;

const unauthorizedAlert = alert({
  name: 'DefenderUnauthorized',
  expr: promql(`
    ${auth} >= ${unauthorized.errors}
    and ${auth} / on (job) ${recorded.operations} > ${unauthorized.share}`),
  for: unauthorized.for,
  severity: 'critical',
  summary: 'The Defender API does not accept the token.',
  description:
    `{{ $value | printf "%.0f" }} calls of {{ $labels.job }} failed to authenticate in the last ${window}, ` +
    `more than ${percent(unauthorized.share)} of its calls. An expired secret or certificate is the usual reason.`,
  dashboard: { code: 'Unauthorized' },
});

/** The alerts on single codes. */
export const errorAlerts: readonly AlertingRule[] = [...spikes.map(spikeAlert), unauthorizedAlert];
