import type { Observer } from '@defender-resilience/core';
import type { HttpClient, MakeHttpClient } from './http-clients.ts';
import type { Telemetry } from './telemetry.ts';

/** The wrapped fetch with observers, and what OpenTelemetry itself offers for the built-in one. */
export const observedClients: Readonly<Record<string, MakeHttpClient>> = {
  'fetch + instrumentation-undici': async () => {
    const { recordingTelemetry } = await import('./telemetry.ts');
    const { UndiciInstrumentation } = await import('@opentelemetry/instrumentation-undici');
    const { tracerProvider, meterProvider, spans } = recordingTelemetry();
    // Not `enabled: false` and then enable(): it would subscribe, read that it is off, and record nothing.
    const instrumentation = new UndiciInstrumentation();
    instrumentation.setTracerProvider(tracerProvider);
    instrumentation.setMeterProvider(meterProvider);
    return { get: async (url) => (await fetch(url)).json(), spans, spansPerRequest: 1 };
  },
  'ours + Prometheus': async (origin) => wrapped(origin, [await prometheus()]),
  'ours + OpenTelemetry, no SDK': async (origin) => {
    const { otelObserver } = await import('@defender-resilience/otel');
    return wrapped(origin, [otelObserver()]);
  },
  'ours + OpenTelemetry': async (origin) => {
    const telemetry = await recording();
    return { ...(await wrapped(origin, [telemetry.observer])), ...spansOf(telemetry) };
  },
  'ours + both': async (origin) => {
    const telemetry = await recording();
    const observers = [telemetry.observer, await prometheus()];
    return { ...(await wrapped(origin, observers)), ...spansOf(telemetry) };
  },
};

// One for the call, one for its attempt.
const spansOf = ({ spans }: Telemetry): Pick<HttpClient, 'spans' | 'spansPerRequest'> => ({
  spans,
  spansPerRequest: 2,
});

async function wrapped(origin: string, observers: readonly Observer[]): Promise<HttpClient> {
  const { createResilience } = await import('@defender-resilience/core');
  const { fetch } = createResilience({ hosts: { [new URL(origin).host]: 'all' }, observers });
  return { get: async (url) => (await fetch(url)).json() };
}

async function prometheus(): Promise<Observer> {
  const { promObserver } = await import('@defender-resilience/prom');
  const { openMetricsRegistry } = await import('./prometheus.ts');
  return promObserver({ register: openMetricsRegistry() });
}

async function recording(): Promise<Telemetry & { readonly observer: Observer }> {
  const { recordingTelemetry } = await import('./telemetry.ts');
  const { otelObserver } = await import('@defender-resilience/otel');
  const telemetry = recordingTelemetry();
  const { tracerProvider, meterProvider } = telemetry;
  return { ...telemetry, observer: otelObserver({ tracerProvider, meterProvider }) };
}
