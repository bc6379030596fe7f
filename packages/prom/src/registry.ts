import { createRequire } from 'node:module';
import { isFamily } from './family.ts';
import { MetricSet } from './metric-set.ts';
import { metrics } from './metrics.ts';
import { property } from './unknown.ts';

/** A registry of prom-client 15 or of its successor `@prometheus-io/client`. */
export interface MetricRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
  getSingleMetric(name: string): unknown;
  registerMetric(metric: object): void;
}

/** What is needed of the module prom-client, or of its successor: the registry that all share. */
export interface MetricClient {
  readonly register: MetricRegistry;
}

/**
 * The registry that prom-client itself offers to all.
 *
 * @throws Error when prom-client is not installed
 */
export function sharedRegistry(client: MetricClient | undefined): MetricRegistry {
  return client === undefined ? load() : client.register;
}

function load(): MetricRegistry {
  let client: unknown;
  try {
    client = createRequire(import.meta.url)('prom-client');
  } catch (cause) {
    throw new Error(
      'promObserver found no prom-client: install it, or pass your registry as `register`, or the module of its successor as `client`',
      { cause },
    );
  }
  const register = property(client, 'register');
  if (!isRegistry(register)) throw new Error('promObserver found a prom-client without registry');
  return register;
}

/** Whether it is a registry of prom-client or its successor, or works like one. */
export function isRegistry(value: unknown): value is MetricRegistry {
  return (
    typeof property(value, 'contentType') === 'string' &&
    ['metrics', 'getSingleMetric', 'registerMetric'].every(
      (name) => typeof property(value, name) === 'function',
    )
  );
}

/** Whether the registry prints exemplars. */
export function isOpenMetrics({ contentType }: Pick<MetricRegistry, 'contentType'>): boolean {
  return contentType.startsWith('application/openmetrics-text');
}

/** Whether the registry still holds the set. Asked at every call, so it looks for one metric only. */
export function isAttached(register: MetricRegistry, set: MetricSet): boolean {
  const { errors } = set;
  return register.getSingleMetric(errors.name) === errors;
}

/**
 * Puts the metrics into the registry, unless those of another observer are there already: then all
 * count in the same.
 *
 * @param own - what was in the registry before it was cleared
 * @throws Error when a name belongs to a metric of someone else; then none is put in
 */
export function attach(register: MetricRegistry, prefix: string, own?: MetricSet): MetricSet {
  const set = setIn(register, prefix) ?? own ?? new MetricSet(prefix);
  const missing = [...set.families].filter((family) => {
    const there = register.getSingleMetric(family.name);
    if (there !== undefined && there !== family) {
      throw new Error(
        `The registry has a metric ${family.name} of someone else: choose another \`prefix\``,
      );
    }
    return there === undefined;
  });
  for (const family of missing) register.registerMetric(family);
  return set;
}

function setIn(register: MetricRegistry, prefix: string): MetricSet | undefined {
  for (const { name } of metrics) {
    const there = register.getSingleMetric(`${prefix}${name}`);
    if (isFamily(there)) return there.set;
  }
  return undefined;
}
