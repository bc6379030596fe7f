import "@defender-resilience/core/validation";
/** The options that alert rules and dashboards have in common. Every one has a default. */
interface MonitoringOptions {
  /**
   * The labels that tell apart whose calls they are. Each alert is about one combination of them, and
   * each dashboard has a variable for each. A label that your series do not have counts as empty, so
   * the default serves one job as well as many tenants and Kubernetes.
   *
   * @defaultValue `['cluster', 'namespace', 'job', 'tenant']`
   */
  readonly groupBy?: readonly string[];
  /**
   * Matchers on labels of `groupBy` that limit every query, such as `job=~"nightly.*"`. Rules of two
   * selectors that exclude each other can have different thresholds.
   *
   * @defaultValue none
   */
  readonly selector?: string;
  /**
   * The start of the metrics' names: the observer's option of the same name.
   *
   * @defaultValue `'defender_client_'`
   */
  readonly prefix?: string;
  /**
   * The start of the names of recorded series, before the colon.
   *
   * @defaultValue `'defender'`
   */
  readonly recordPrefix?: string;
  /**
   * Where the metrics come from: `prom` is this package's observer, `otlp` is
   * `@defender-resilience/otel` through an OpenTelemetry collector or Prometheus's OTLP receiver.
   *
   * @defaultValue `'prom'`
   */
  readonly source?: MetricSource;
  /**
   * The share of valid calls that succeed, more than 0 and less than 1. The error budget is the rest.
   *
   * @defaultValue 0.99
   */
  readonly objective?: number;
  /**
   * The address of the runbooks, without a slash at its end. The name of the alert is appended.
   *
   * @defaultValue the runbooks on the site of the docs, if the package knows it; otherwise no link
   */
  readonly runbooks?: string;
}
/** Where the metrics come from. */
type MetricSource = "prom" | "otlp";
/** Every alert. */
declare const ALERTS: readonly ["DefenderAccessLost", "DefenderRefusalsRising", "DefenderRefusalsChronic", "DefenderUnauthorized", "DefenderOperationFailing", "DefenderThrottled", "DefenderServerErrors", "DefenderCircuitOpen", "DefenderMetricsAbsent", "DefenderErrorBudgetBurn", "DefenderJobAbsent", "DefenderJobOverdue"];
/** The name of an alert. */
type AlertName = (typeof ALERTS)[number];
/** The name of a severity option: an alert, or one window of the error budget. */
type SeverityName = "accessLost" | "refusalsRising" | "refusalsChronic" | "unauthorized" | "operationFailing" | "throttled" | "serverErrors" | "circuitOpen" | "metricsAbsent" | "errorBudgetBurn1h" | "errorBudgetBurn6h" | "errorBudgetBurn3d" | "jobAbsent" | "jobOverdue";
/** When alerts fire. Times are PromQL durations such as `30m`, shares are fractions of 1. */
interface Thresholds {
  /** Calls in a row that must be refused before access counts as lost, 1 or more. @defaultValue 2 */
  readonly calls: number;
  /**
   * The maximum probability of the row at the usual share of refused calls, above 0. With 1, the usual share is
   * ignored. @defaultValue 0.002
   */
  readonly chance: number;
  /** Only operations that succeeded within this time can lose access. @defaultValue '8d' */
  readonly worked: string;
  /** How long a failing state is kept when no call follows. @defaultValue '26h' */
  readonly hold: string;
  /** The period for the usual share. @defaultValue '3d' */
  readonly past: string;
  /** How long ago that period ends, for a rise of the share. @defaultValue '3h' */
  readonly settle: string;
  /** A failure this soon after a success does not count as a row: busy clients fail only in part. @defaultValue '30s' */
  readonly apart: string;
  /** The window in which refused calls rise. @defaultValue '30m' */
  readonly risingWindow: string;
  /** The minimum number of refused calls in the window. @defaultValue 10 */
  readonly risingCalls: number;
  /** The multiple of the usual share of refused calls that counts as a rise. @defaultValue 2 */
  readonly risingFactor: number;
  /** The share that is added to this limit, so that rare codes do not fire. @defaultValue 0.05 */
  readonly risingShare: number;
  /** The minimum number of calls in the past for a usual share. @defaultValue 50 */
  readonly risingPastCalls: number;
  /** The daily share of refused calls that is chronic. @defaultValue 0.05 */
  readonly chronicShare: number;
  /** The minimum number of refused calls in a day. @defaultValue 5 */
  readonly chronicCalls: number;
  /** Calls in a row that must fail before an operation counts as failing. @defaultValue 3 */
  readonly failingCalls: number;
  /** How long ago the last of them may be. @defaultValue '130m' */
  readonly failingFresh: string;
  /** The share of attempts answered 429 within 30 minutes. @defaultValue 0.1 */
  readonly throttledShare: number;
  /** The minimum number of 429s within 30 minutes. @defaultValue 5 */
  readonly throttledAttempts: number;
  /** The share of attempts answered 5xx within 30 minutes. @defaultValue 0.2 */
  readonly serverErrorsShare: number;
  /** The minimum number of 5xx within 30 minutes. @defaultValue 5 */
  readonly serverErrorsAttempts: number;
  /** The minimum number of failed calls in the long window. @defaultValue 10 */
  readonly burnFaults: number;
}
/** The options of the alert rules. Every one has a default. */
interface RulesOptions extends MonitoringOptions {
  /**
   * The form: `prometheus`, the YAML of a rule file; `operator`, a PrometheusRule resource for
   * Kubernetes; or `json`, a rule file as JSON.
   *
   * @defaultValue `'prometheus'`
   */
  readonly format?: RulesFormat;
  /**
   * When alerts fire.
   *
   * @defaultValue the defaults of `Thresholds`
   */
  readonly thresholds?: Partial<Thresholds>;
  /**
   * The label `severity` of each alert, such as `{ accessLost: 'critical' }` if a lost permission should page
   * someone.
   *
   * @defaultValue `critical` for `unauthorized`, `circuitOpen` and `errorBudgetBurn1h`; `info` for
   * `refusalsChronic` and `errorBudgetBurn3d`; `warning` for the others
   */
  readonly severities?: Partial<Readonly<Record<SeverityName, string>>>;
  /**
   * Labels that every alert carries, such as `{ team: 'soc' }`.
   *
   * @defaultValue `{}`
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** Alerts to leave out, by name. @defaultValue `[]` */
  readonly disable?: readonly AlertName[];
  /**
   * The address of the overview dashboard, such as
   * `https://grafana.example.com/d/defender-client-overview`. Alerts link to it with their labels.
   *
   * @defaultValue alerts do not link to a dashboard
   */
  readonly dashboard?: string;
  /**
   * The address of Prometheus, for links to the tracking IDs in its exemplars.
   *
   * @defaultValue the address from Prometheus's own flag `--web.external-url`
   */
  readonly prometheus?: string;
  /**
   * The address at which a process serves its recent errors; `{instance}` stands for the label of that
   * name. With `source: 'otlp'` alerts say which spans to search for instead.
   *
   * @defaultValue `'http://{instance}/debug/defender/errors'`, the handler's own path
   */
  readonly recentErrors?: string;
  /**
   * Whether alerts keep firing for a while after their condition ended. Prometheus before 2.42 cannot.
   *
   * @defaultValue `true`
   */
  readonly keepFiring?: boolean;
  /**
   * Jobs that must run, and operations that must succeed within a time.
   *
   * @defaultValue `[]`
   */
  readonly expected?: readonly Expected[];
  /** The metadata of the PrometheusRule resource, for `format: 'operator'`. */
  readonly metadata?: RuleMetadata;
}
/** The form of the rules. */
type RulesFormat = "prometheus" | "operator" | "json";
/**
 * An expected client: at least one label of `groupBy` with its value. With `every`, an operation (or any,
 * without `operation`) must succeed at least that often, such as `'26h'` for a nightly job. Without it, a
 * process must run at all times.
 */
type Expected = Readonly<Record<string, string>>;
/** The metadata of a PrometheusRule resource. */
interface RuleMetadata {
  /** The name of the resource. @defaultValue `'defender-client'` */
  readonly name?: string;
  /** The namespace of the resource. @defaultValue none */
  readonly namespace?: string;
  /**
   * The labels that the operator's `ruleSelector` requires, such as `{ release: 'prometheus' }`. @defaultValue
   * none
   */
  readonly labels?: Readonly<Record<string, string>>;
}
/**
 * Alertmanager's configuration for the rules with the same options: one message for each kind of problem of a
 * client, and inhibition if two alerts have the same cause. The receivers `team`, `on-call` and `notes` are
 * empty. `severity="critical"` goes to `on-call`, `info` to `notes`, everything else to `team`.
 *
 * @returns the text of `alertmanager.yml`
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * writeFileSync('alertmanager.yml', alertmanager({ groupBy: ['job', 'tenant'] }));
 * ```
 */
export declare function alertmanager(options?: RulesOptions): string;
/** A series that Prometheus computes once for several rules. */
interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}
/** A rule that raises an alert. */
interface AlertingRule {
  readonly alert: AlertName;
  readonly expr: string;
  readonly for: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
/** One rule. */
type Rule = RecordingRule | AlertingRule;
/** Rules that Prometheus evaluates in order, each seeing what those before it just recorded. */
interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}
/**
 * Alert rules for the calls to the Defender APIs, with your grouping labels, thresholds, severities and
 * addresses. Needs Prometheus 2.42 or later, and a scrape interval of at most 4 minutes.
 *
 * @returns the text of a file: YAML of Prometheus or of the Prometheus operator, or JSON
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * writeFileSync(
 *   'rules/defender.yaml',
 *   rules({
 *     groupBy: ['job', 'tenant'],
 *     severities: { accessLost: 'critical' },
 *     runbooks: 'https://wiki.example.com/runbooks',
 *     dashboard: 'https://grafana.example.com/d/defender-client-overview',
 *   }),
 * );
 * ```
 */
export declare function rules(options?: RulesOptions): string;
/**
 * The same rules as data, for programs that write them in their own format.
 *
 * @throws TypeError that lists every invalid option
 *
 * @example
 * ```ts
 * const alerts = ruleGroups().flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
 * ```
 */
export declare function ruleGroups(options?: RulesOptions): readonly RuleGroup[];
/** A value that JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** An object that JSON can hold. */
interface JsonObject {
  readonly [name: string]: Json;
}
/** The options of `dashboards`. Every one has a default. */
interface DashboardOptions extends MonitoringOptions {
  /**
   * The start of the dashboards' names within Grafana, which `-overview` and `-operation` complete: at
   * most 30 letters, digits, `-` and `_`. Two sets of dashboards in one Grafana need different ones.
   *
   * @defaultValue `'defender-client'`, and `'defender-client-otlp'` with `source: 'otlp'`
   */
  readonly uid?: string;
  /**
   * The title of the dashboards.
   *
   * @defaultValue `'Defender API client'`
   */
  readonly title?: string;
  /**
   * The time that the error budget is for, as a duration of Prometheus: `'7d'`, `'4w'`. If Prometheus
   * keeps less, the budget is for what it keeps.
   *
   * @defaultValue `'28d'`
   */
  readonly budgetWindow?: string;
  /**
   * The address where your processes serve their recent errors; `{instance}` stands for the label of
   * that name. With `source: 'otlp'` the label is an ID and no address, so there is no default.
   *
   * @defaultValue `'http://{instance}/debug/defender/errors'`, the handler's own path
   */
  readonly recentErrors?: string;
  /**
   * The address where a tracking ID can be looked up, such as your log search. `{tracking_id}` stands
   * for the ID.
   *
   * @defaultValue the links that the data source has for `tracking_id`
   */
  readonly trackingLink?: string;
  /**
   * The address of a trace; `{trace_id}` stands for its ID. Overrides `tracesDatasource`.
   *
   * @defaultValue the links that the data source has for `trace_id`
   */
  readonly traceLink?: string;
  /**
   * The uid of a Tempo data source in your Grafana. Traces are opened there, in Explore.
   *
   * @defaultValue the links that the data source has for `trace_id`
   */
  readonly tracesDatasource?: string;
}
/** A dashboard as Grafana imports it: JSON of schema version 42, for Grafana 12 and later. */
interface GrafanaDashboard extends JsonObject {
  /** Its name in addresses, unique within Grafana. */
  readonly uid: string;
  readonly title: string;
}
/**
 * The Grafana dashboards for your grouping labels, objective and addresses: first the overview, then
 * the one for single operations. Each is plain JSON, to be written to a file and provisioned or
 * imported.
 *
 * @throws TypeError that lists every invalid option
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { dashboards } from '@defender-resilience/prom/monitoring';
 *
 * for (const dashboard of dashboards({ groupBy: ['job', 'tenant'], tracesDatasource: 'tempo' })) {
 *   await writeFile(`${dashboard.uid}.json`, JSON.stringify(dashboard, null, 2));
 * }
 * ```
 */
export declare function dashboards(options?: DashboardOptions): readonly GrafanaDashboard[];
export type { AlertName, AlertingRule, DashboardOptions, Expected, GrafanaDashboard, MetricSource, MonitoringOptions, RecordingRule, Rule, RuleGroup, RuleMetadata, RulesFormat, RulesOptions, SeverityName, Thresholds };
