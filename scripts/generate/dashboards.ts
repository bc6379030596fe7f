export { dashboardFiles } from '../../packages/prom/monitoring/dashboards/file.ts';
