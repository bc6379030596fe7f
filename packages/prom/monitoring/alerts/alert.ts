import type { RulesSettings } from './options.ts';
import type { AlertingRule, AlertSpec } from './rule.ts';

/** The alert of a spec, with its severity, its texts and its links. */
export function alert(settings: RulesSettings, spec: AlertSpec): AlertingRule {
  const { severities, labels, keepFiring } = settings;
  const keep = keepFiring ? spec.keep : undefined;
  return {
    alert: spec.name,
    expr: spec.expr,
    for: spec.for,
    ...(keep === undefined ? {} : { keep_firing_for: keep }),
    labels: {
      severity: severities[spec.severity],
      ...(spec.window === undefined ? {} : { window: spec.window }),
      ...labels,
    },
    annotations: {
      summary: spec.summary,
      description: `${spec.subject}${whose(settings)}: ${spec.happened}`,
      ...trackingIds(settings, spec),
      ...links(settings, spec),
    },
  };
}

/** The grouping labels that an alert has, the narrowest first: `, tenant acme, job soar`. */
function whose({ groupBy }: RulesSettings): string {
  return groupBy
    .toReversed()
    .map((label) => `{{ with $labels.${label} }}, ${label} {{ . }}{{ end }}`)
    .join('');
}

function links(
  { runbooks, dashboard, groupBy }: RulesSettings,
  { name, leads = [] }: AlertSpec,
): Readonly<Record<string, string>> {
  const variables = [...groupBy, ...leads].map(
    (label) => `var-${label}={{ $labels.${label} | urlquery }}`,
  );
  return {
    ...(runbooks === '' ? {} : { runbook_url: `${runbooks}/${name}` }),
    ...(dashboard === '' ? {} : { dashboard_url: `${dashboard}?${variables.join('&')}` }),
  };
}

/**
 * The links to the tracking IDs of a code. Each is a separate annotation, so that a tool that cannot render one
 * still renders the others.
 */
function trackingIds(
  settings: RulesSettings,
  { leads = [] }: AlertSpec,
): Readonly<Record<string, string>> {
  if (!leads.includes('code')) return {};
  if (settings.source === 'otlp') {
    return {
      tracking_ids:
        'Search the traces for spans with error.type = {{ $labels.code }}' +
        `${leads.includes('operation') ? ' and defender.operation = {{ $labels.operation }}' : ''}: ` +
        'defender.tracking_id has the ID.',
    };
  }
  return { exemplars_url: exemplarsUrl(settings), recent_errors: recentErrorsOf(settings, leads) };
}

/** Lists the tracking IDs among Prometheus's exemplars, as JSON. */
function exemplarsUrl({ prometheus, prefix, groupBy }: RulesSettings): string {
  const labels = ['code', ...groupBy];
  const format = `${prefix}errors_total{${labels.map((label) => `${label}=%q`).join(',')}}`;
  const values = labels.map((label) => `$labels.${label}`).join(' ');
  const base = prometheus === '' ? '{{ $externalURL }}' : prometheus;
  return `${base}/api/v1/query_exemplars?query={{ printf ${goString(format)} ${values} | urlquery }}`;
}

/** The addresses at which the processes that failed list their recent errors, for up to three. */
function recentErrorsOf(
  { prefix, groupBy, recentErrors }: RulesSettings,
  leads: readonly string[],
): string {
  const labels = [...leads, ...groupBy];
  const matchers = labels.map((label) => `${label}=%q`).join(',');
  const format = `topk(3, max by (instance) (${prefix}failures_since_success{${matchers}} > 0))`;
  const values = labels.map((label) => `$labels.${label}`).join(' ');
  const address = recentErrors.replaceAll('{instance}', '{{ .Labels.instance }}');
  const search = leads.map((label) => `${label}={{ $labels.${label} | urlquery }}`).join('&');
  return `{{ range query (printf ${goString(format)} ${values}) }}${address}?${search} {{ end }}`;
}

/** A string of Go's templates. Back quotes need no escapes within YAML or JSON. */
function goString(text: string): string {
  return `\`${text}\``;
}
