/** Where the runbooks are published: one page for each alert, named as the alert is. */
export const RUNBOOKS = 'https://defender-resilience.example/runbooks';

/** Where Grafana is; the one of `docs/monitoring/compose.yaml`. */
export const GRAFANA = 'http://localhost:3000';

/** The dashboards' fixed names within Grafana. */
export const DASHBOARD_UIDS = {
  overview: 'defender-client-overview',
  operation: 'defender-client-operation',
} as const;
