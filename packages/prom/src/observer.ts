import type {
  CallObserver,
  CallStart,
  CircuitChange,
  Observer,
  QuotaChange,
  ReadQuotas,
} from '@defender-resilience/core';
import { type CallContext, CallMeter } from './call-meter.ts';
import { isOpenMetrics, loadClient, type MetricClient, type MetricRegistry } from './client.ts';
import type { OperationSeries } from './instruments.ts';
import { label } from './label-values.ts';
import { type MetricSet, metricSetIn } from './metric-set.ts';
import { type PromObserverOptions, type Settings, settingsOf } from './options.ts';
import { type RecentErrors, RecentErrorsRing } from './recent-errors.ts';
import { traceReader } from './trace-context.ts';
import { warnOnce } from './warn.ts';

/** An observer that records metrics in a registry of prom-client. */
export interface PromObserver extends Observer {
  /** The registry that holds the metrics. */
  readonly register: MetricRegistry;
  /** The latest errors with their tracking IDs. */
  readonly recentErrors: RecentErrors;
}

/**
 * Creates an observer that records calls, attempts, retries, errors, circuits and quotas as Prometheus
 * metrics.
 *
 * Registers its metrics at once and shares them with other observers of the same registry and prefix. Never
 * clears a registry and collects nothing else. List it after observers that trace, so that its exemplars can
 * point to their spans.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { createResilience } from '@defender-resilience/core';
 * import { metricsHandler, promObserver } from '@defender-resilience/prom';
 * import { Registry } from 'prom-client';
 *
 * // Only OpenMetrics registries print exemplars, which carry the tracking IDs.
 * const register = new Registry();
 * register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
 * const observer = promObserver({ register });
 * const { fetch } = createResilience({ observers: [observer] });
 * createServer(metricsHandler(register, { recentErrors: observer.recentErrors })).listen(9464);
 * ```
 * @throws TypeError that lists every invalid option
 * @throws Error when prom-client is not installed and no `client` is given, or when a metric of another
 * owner has one of the names
 */
export function promObserver(options: PromObserverOptions = {}): PromObserver {
  const settings = settingsOf(options);
  const client = settings.client ?? loadClient();
  const register = settings.register ?? client.register;
  if (!(register instanceof client.Registry)) {
    throw new TypeError(
      'promObserver got a `register` from another copy of prom-client: pass that module as `client`',
    );
  }
  const exemplars = settings.exemplars && isOpenMetrics(register);
  if (settings.exemplars && !exemplars) {
    warnOnce(
      register,
      'A text registry does not print exemplars, so /metrics does not link to tracking IDs: use an OpenMetrics registry, or set `exemplars: false`.',
    );
  }
  return new MetricsObserver(settings, client, register, exemplars);
}

class MetricsObserver implements PromObserver {
  readonly register: MetricRegistry;
  readonly recentErrors: RecentErrorsRing;
  readonly #set: MetricSet;
  readonly #context: CallContext;

  constructor(
    { capacity, constantLabels, limits, prefix, traceContext, clock }: Settings,
    client: MetricClient,
    register: MetricRegistry,
    exemplars: boolean,
  ) {
    this.register = register;
    this.recentErrors = new RecentErrorsRing(capacity);
    this.#set = metricSetIn(client, register, prefix, Object.keys(constantLabels));
    const instruments = this.#set.instruments(constantLabels, limits);
    instruments.startTime.value ??= clock.epoch() / 1_000;
    this.#context = {
      instruments,
      recentErrors: this.recentErrors,
      traces: traceReader(traceContext),
      clock,
      exemplars,
      scrapes: () => this.#set.scrapes,
    };
  }

  call(start: CallStart): CallObserver {
    if (!this.#set.attached) this.#attachAgain();
    const operation = this.#context.instruments.operation(start.operation);
    this.#ensureSeries(start, operation);
    return new CallMeter(this.#context, start, operation);
  }

  circuit({ circuit, operation, from, to }: CircuitChange): void {
    const { state, transitions } = this.#context.instruments.circuit(circuit, operation);
    state(label(from)).leave();
    state(label(to)).enter();
    transitions(label(to)).inc(1);
  }

  quota(change: QuotaChange): void {
    if (change.kind === 'store') return;
    this.#context.instruments.quotas.changed(change.group, label(change.reason));
  }

  quotas(read: ReadQuotas): void {
    this.#context.instruments.quotas.watch(read);
  }

  /**
   * Creates the series of the circuit and the quota group before their first event. Most calls find existing
   * ones.
   */
  #ensureSeries({ quotaGroup, circuit, operation }: CallStart, series: OperationSeries): void {
    const { instruments } = this.#context;
    if (series.quotaGroup !== quotaGroup) {
      series.quotaGroup = quotaGroup;
      instruments.group(quotaGroup);
    }
    if (circuit === undefined || series.circuit === circuit) return;
    series.circuit = circuit;
    instruments.circuit(circuit, operation);
  }

  // Somebody cleared the registry. The metrics keep their values.
  #attachAgain(): void {
    try {
      this.#set.attach();
    } catch {
      // A call must not fail because the names are taken: its metrics are just not exported.
      warnOnce(
        this.register,
        'The registry was cleared, and another owner registered metrics with the same names: those of promObserver are not exported.',
      );
    }
  }
}
