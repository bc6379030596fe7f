export { alertFiles } from '../../packages/prom/monitoring/alerts/file.ts';
