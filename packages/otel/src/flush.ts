import { metrics, trace } from '@opentelemetry/api';

/** The providers that the observer was given; undefined: the global ones. */
export interface Providers {
  readonly tracerProvider: object | undefined;
  readonly meterProvider: object | undefined;
}

/**
 * Has the SDK export what it keeps, where its providers can: the API itself has no method for it.
 *
 * @throws whatever the last export failed with
 */
export async function flushProviders({ tracerProvider, meterProvider }: Providers): Promise<void> {
  await Promise.all([
    forceFlush(tracerProvider ?? trace.getTracerProvider()),
    forceFlush(meterProvider ?? metrics.getMeterProvider()),
  ]);
}

async function forceFlush(provider: object): Promise<void> {
  // The global provider of traces stands for the one that the SDK has registered.
  const delegate = call(provider, 'getDelegate') ?? provider;
  if (typeof delegate === 'object' && delegate !== null) await call(delegate, 'forceFlush');
}

function call(object: object, method: string): unknown {
  const fn: unknown = Reflect.get(object, method);
  return typeof fn === 'function' ? Reflect.apply(fn, object, []) : undefined;
}
