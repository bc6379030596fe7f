import { type OpenMetricsContentType, Registry } from 'prom-client';

/** A registry that prints exemplars. */
export function openMetrics(): Registry<OpenMetricsContentType> {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return register;
}
