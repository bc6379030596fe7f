/**
 * Prometheus metrics of the calls that `@defender-resilience/core` makes.
 *
 * @packageDocumentation
 */
export type { MetricClient, MetricRegistry } from './client.ts';
export { DEFAULT_PREFIX } from './definition.ts';
export type { MetricsHandler, MetricsSource } from './handler.ts';
export { metricsHandler } from './handler.ts';
export type { MetricsHandlerOptions } from './handler-options.ts';
export { type PromObserver, promObserver } from './observer.ts';
export type { PromObserverOptions } from './options.ts';
export type { RecentError, RecentErrors, RecentErrorsQuery } from './recent-errors.ts';
export type { TraceContext } from './trace-context.ts';
