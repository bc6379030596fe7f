import { type OpenMetricsContentType, Registry } from 'prom-client';

/** A registry that prints exemplars. */
export function openMetrics(): Registry<OpenMetricsContentType> {
  const register = new Registry<OpenMetricsContentType>();
  register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return register;
}

/** A registry that prints the text format, which has no exemplars. */
export function plainText(): Registry {
  return new Registry();
}
