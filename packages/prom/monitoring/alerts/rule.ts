import { DASHBOARD_UIDS, GRAFANA, RUNBOOKS } from '../links.ts';

type Severity = 'critical' | 'warning';

/** A series that is computed once for several alerts. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export type Rule = RecordingRule | AlertingRule;

/** Rules that are evaluated in order, each seeing what the ones before it just recorded. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** What makes one alert. */
export interface AlertOptions {
  readonly name: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: Severity;
  /** Further labels, which tell alerts of the same name apart. */
  readonly labels?: Readonly<Record<string, string>>;
  /** One sentence, the same for every instance of the alert. */
  readonly summary: string;
  /** What happened here; Prometheus fills `{{ … }}`. */
  readonly description: string;
  /** The dashboard's variables beside `job`. */
  readonly dashboard?: Readonly<Record<string, string>>;
}

function dashboardUrl(variables: Readonly<Record<string, string>>): string {
  const query = Object.entries({ job: '{{ $labels.job | urlquery }}', ...variables })
    .map(([name, value]) => `var-${name}=${value}`)
    .join('&');
  return `${GRAFANA}/d/${DASHBOARD_UIDS.overview}?${query}`;
}

/** An alert with its links: to its runbook, and to the dashboard for the same job. */
export function alert(options: AlertOptions): AlertingRule {
  return {
    alert: options.name,
    expr: options.expr,
    for: options.for,
    labels: { severity: options.severity, ...options.labels },
    annotations: {
      summary: options.summary,
      description: options.description,
      runbook_url: `${RUNBOOKS}/${options.name}`,
      dashboard_url: dashboardUrl(options.dashboard ?? {}),
    },
  };
}

/** A share of 1 as a person reads it. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

/** Takes the indentation of the code away from an expression. */
export function promql(text: string): string {
  const lines = text.replace(/^\n/, '').trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join('\n');
}
