import { metrics, trace } from '@opentelemetry/api';

/** The providers that the observer was given; undefined: the global ones. */
export interface Providers {
  readonly tracerProvider: object | undefined;
  readonly meterProvider: object | undefined;
}

/**
 * Makes the SDK export its buffered data, if its providers support that: the API itself has no method for it.
 *
 * @throws the error of the last failed export
 */
export async function flushProviders({ tracerProvider, meterProvider }: Providers): Promise<void> {
  await Promise.all([
    forceFlush(tracerProvider ?? trace.getTracerProvider()),
    forceFlush(meterProvider ?? metrics.getMeterProvider()),
  ]);
}

async function forceFlush(provider: object): Promise<void> {
  // The global tracer provider is a proxy of the one that the SDK registered.
  const delegate = call(provider, 'getDelegate') ?? provider;
  if (typeof delegate === 'object' && delegate !== null) await call(delegate, 'forceFlush');
}

function call(object: object, method: string): unknown {
  const fn: unknown = Reflect.get(object, method);
  return typeof fn === 'function' ? Reflect.apply(fn, object, []) : undefined;
}
