export { alertFiles } from '../../packages/prom/monitoring/alerts/files.ts';
