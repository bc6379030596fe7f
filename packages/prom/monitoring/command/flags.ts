/** What the command can write. */
export type Subject = 'rules' | 'alertmanager' | 'dashboards';

/** One flag of the command, and the option that it sets. */
export interface Flag {
  readonly name: string;
  /** The value in the help text; a flag without one is a switch. */
  readonly value?: string;
  readonly help: string;
  /** The option, and a key within it: `metadata.name`. */
  readonly option: string;
  readonly reads: 'text' | 'list' | 'number' | 'pair' | 'numberPair' | 'entry' | 'off';
  readonly subjects: readonly Subject[];
}

const RULES = ['rules', 'alertmanager'] as const;
const ALL = ['rules', 'alertmanager', 'dashboards'] as const;

/** The flags in the order of the help text. All except `--config` and `--output`, which are not options. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'group-by',
    value: '<labels>',
    help: 'labels that tell apart whose calls they are, separated by commas (default: cluster,namespace,job,tenant)',
    option: 'groupBy',
    reads: 'list',
    subjects: ALL,
  },
  {
    name: 'selector',
    value: '<matchers>',
    help: 'limits every query, such as \'job=~"nightly.*"\'',
    option: 'selector',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'source',
    value: '<name>',
    help: 'prom, or otlp for metrics through OpenTelemetry (default: prom)',
    option: 'source',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'prefix',
    value: '<text>',
    help: "start of the metrics' names (default: defender_client_)",
    option: 'prefix',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'record-prefix',
    value: '<text>',
    help: 'start of the names of recorded series (default: defender)',
    option: 'recordPrefix',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'objective',
    value: '<share>',
    help: 'share of valid calls that succeed (default: 0.99)',
    option: 'objective',
    reads: 'number',
    subjects: ALL,
  },
  {
    name: 'runbooks',
    value: '<url>',
    help: 'address of the runbooks, to which the name of the alert is appended',
    option: 'runbooks',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'recent-errors',
    value: '<url>',
    help: 'where processes serve their recent errors (default: http://{instance}/debug/defender/errors)',
    option: 'recentErrors',
    reads: 'text',
    subjects: ALL,
  },
  {
    name: 'format',
    value: '<name>',
    help: 'prometheus, operator (a PrometheusRule) or json (default: prometheus)',
    option: 'format',
    reads: 'text',
    subjects: RULES,
  },
  {
    name: 'dashboard',
    value: '<url>',
    help: 'address of the overview dashboard, to which alerts link',
    option: 'dashboard',
    reads: 'text',
    subjects: RULES,
  },
  {
    name: 'prometheus',
    value: '<url>',
    help: "address of Prometheus, for links to exemplars (default: Prometheus's --web.external-url)",
    option: 'prometheus',
    reads: 'text',
    subjects: RULES,
  },
  {
    name: 'threshold',
    value: '<name=value>',
    help: 'a threshold, such as calls=1; may be repeated',
    option: 'thresholds',
    reads: 'numberPair',
    subjects: RULES,
  },
  {
    name: 'severity',
    value: '<name=value>',
    help: 'a severity, such as accessLost=critical; may be repeated',
    option: 'severities',
    reads: 'pair',
    subjects: RULES,
  },
  {
    name: 'label',
    value: '<name=value>',
    help: 'a label of every alert, such as team=soc; may be repeated',
    option: 'labels',
    reads: 'pair',
    subjects: RULES,
  },
  {
    name: 'disable',
    value: '<alerts>',
    help: 'alerts to leave out, separated by commas',
    option: 'disable',
    reads: 'list',
    subjects: RULES,
  },
  {
    name: 'expect',
    value: '<pairs>',
    help: 'what must be there, such as job=nightly,operation=incidents.list,every=26h; may be repeated',
    option: 'expected',
    reads: 'entry',
    subjects: RULES,
  },
  {
    name: 'no-keep-firing',
    help: 'without keep_firing_for, for Prometheus before 2.42',
    option: 'keepFiring',
    reads: 'off',
    subjects: RULES,
  },
  {
    name: 'name',
    value: '<name>',
    help: 'name of the PrometheusRule (default: defender-client)',
    option: 'metadata.name',
    reads: 'text',
    subjects: RULES,
  },
  {
    name: 'namespace',
    value: '<name>',
    help: 'namespace of the PrometheusRule',
    option: 'metadata.namespace',
    reads: 'text',
    subjects: RULES,
  },
  {
    name: 'metadata-label',
    value: '<name=value>',
    help: 'a label of the PrometheusRule, such as release=prometheus; may be repeated',
    option: 'metadata.labels',
    reads: 'pair',
    subjects: RULES,
  },
  {
    name: 'title',
    value: '<text>',
    help: 'title of the dashboards (default: Defender API client)',
    option: 'title',
    reads: 'text',
    subjects: ['dashboards'],
  },
  {
    name: 'uid',
    value: '<name>',
    help: "start of the dashboards' names within Grafana (default: defender-client)",
    option: 'uid',
    reads: 'text',
    subjects: ['dashboards'],
  },
  {
    name: 'budget-window',
    value: '<duration>',
    help: 'the time that the error budget is for (default: 28d)',
    option: 'budgetWindow',
    reads: 'text',
    subjects: ['dashboards'],
  },
  {
    name: 'traces-datasource',
    value: '<uid>',
    help: 'uid of the Tempo data source in Grafana',
    option: 'tracesDatasource',
    reads: 'text',
    subjects: ['dashboards'],
  },
  {
    name: 'trace-link',
    value: '<url>',
    help: 'address of a trace, with {trace_id}',
    option: 'traceLink',
    reads: 'text',
    subjects: ['dashboards'],
  },
  {
    name: 'tracking-link',
    value: '<url>',
    help: 'address to look a tracking ID up at, with {tracking_id}',
    option: 'trackingLink',
    reads: 'text',
    subjects: ['dashboards'],
  },
];
