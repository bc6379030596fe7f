/**
 * OpenTelemetry for Defender API calls: one span for each call and each attempt, with the error code and the
 * tracking ID, and metrics.
 *
 * @packageDocumentation
 */
export { otelObserver } from './observer.ts';
export type { OtelObserverOptions, Propagation, UrlCapture } from './options.ts';
