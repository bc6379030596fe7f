import {
  createResilience,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@defender-resilience/simulator';
import { type OtelObserverOptions, otelObserver } from '../../src/index.ts';
import { newestSdk, type SdkVersion, type TestSampler, type TestSdk } from './sdks.ts';

export interface BenchOptions {
  readonly sdk?: SdkVersion;
  readonly sampler?: TestSampler;
  readonly otel?: OtelObserverOptions;
  readonly resilience?: ResilienceOptions;
  readonly simulator?: SimulatorOptions;
}

/** A simulated API, a traced wrapper before it, and an SDK that keeps what comes out. */
export interface Bench extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly sdk: TestSdk;
  readonly resilience: Resilience;
  /** The host and port of the simulator, as spans name them. */
  readonly server: { readonly 'server.address': string; readonly 'server.port': number };
}

/** Retries without waits: over real sockets time is not what is tested. */
const NO_WAIT = {
  initialDelayMs: 0,
  maxDelayMs: 0,
  throttleInitialDelayMs: 0,
  throttleMaxDelayMs: 0,
};

export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const sdk = (options.sdk ?? newestSdk).create(options);
  const { tracerProvider, meterProvider } = sdk;
  const simulator = await startSimulator({ quotas: 'off', ...options.simulator });
  const { host, hostname, port } = new URL(simulator.url);
  const resilience = createResilience({
    hosts: { [host]: 'all' },
    observers: [otelObserver({ tracerProvider, meterProvider, ...options.otel })],
    ...options.resilience,
    retry: { ...NO_WAIT, ...options.resilience?.retry },
  });
  return {
    simulator,
    sdk,
    resilience,
    server: { 'server.address': hostname, 'server.port': Number(port) },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
