import { randomBytes } from 'node:crypto';
import {
  createResilience,
  type HostMap,
  type Observer,
  operationFor,
  type Resilience,
  type ResilienceSnapshot,
} from '@defender-resilience/core';
import { type PromObserver, promObserver, type RecentError } from '@defender-resilience/prom';
import * as client from 'prom-client';
import { Activity, type OperationActivity } from './activity.ts';
import { type Address, formatAddress, parseAddress } from './address.ts';
import { adminHandler } from './admin.ts';
import { BodyMemory } from './body-memory.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Exchange } from './exchange.ts';
import { type Forwarding, forward } from './forward.ts';
import { type ProxyOptions, type ProxySettings, settingsOf } from './options.ts';
import type { OwnTokens } from './own-tokens.ts';
import { PROXY_NAME } from './refusal.ts';
import { type Listener, listen } from './server.ts';
import type { Upstream } from './upstream.ts';

/** The current state of a proxy: plain data, as served at `/snapshot`. */
export interface ProxySnapshot {
  readonly kind: 'proxy';
  readonly time: string;
  readonly startedAt: string;
  readonly state: 'ready' | 'draining';
  readonly upstreams: readonly {
    /** The address of the proxy. */
    readonly listen: string;
    /** The path at the proxy. */
    readonly path: string;
    readonly origin: string;
  }[];
  /** Open connections of clients. */
  readonly connections: number;
  readonly resilience: ResilienceSnapshot;
  /** Counted since the start. */
  readonly operations: readonly OperationActivity[];
  /** The newest first. */
  readonly errors: readonly RecentError[];
}

/** A running proxy. */
export interface ReverseProxy {
  /** Its addresses, one for each address with an upstream. */
  readonly urls: readonly string[];
  /** The address of metrics and health, if there is one. */
  readonly adminUrl: string | undefined;
  snapshot(): ProxySnapshot;
  /**
   * Accepts no more connections, and resolves when the active requests have ended, or after `limits.drainMs`. A
   * second call ends them at once.
   */
  close(): Promise<void>;
}

/** Parts of a proxy besides its options, for the command and for tests. */
export interface ProxyParts {
  /** Observers besides the metrics. */
  readonly observers?: readonly Observer[];
  /** The proxy's own tokens; without them each client sends its own. */
  readonly tokens?: OwnTokens | undefined;
}

/**
 * Starts the proxy.
 *
 * @throws TypeError that lists every invalid option
 * @throws Error with Node's `code` if it cannot listen on an address
 */
export async function startProxy(
  options: ProxyOptions,
  parts: ProxyParts = {},
): Promise<ReverseProxy> {
  const settings = settingsOf(options);
  const proxy = new RunningProxy(settings, parts);
  await proxy.start();
  return proxy;
}

/** How long the answers to aborted requests may take. */
const LAST_ANSWERS_MS = 250;

const DRAIN_OVER: Error = new Error('The proxy is shutting down');

class RunningProxy implements ReverseProxy {
  readonly urls: string[] = [];
  adminUrl: string | undefined = undefined;
  readonly #settings: ProxySettings;
  readonly #prom: PromObserver = promObserver({ client, register: openMetrics() });
  readonly #activity = new Activity();
  readonly #resilience: Resilience;
  readonly #exchanges = new Set<Exchange>();
  readonly #forwarding: Omit<Forwarding, 'rules'>;
  readonly #via = `${PROXY_NAME}-${randomBytes(4).toString('hex')}`;
  readonly #startedAt = new Date().toISOString();
  #upstreams: ProxySnapshot['upstreams'] = [];
  #listeners: Listener[] = [];
  #admin: Listener | undefined = undefined;
  #draining = false;
  #closed: Promise<void> | undefined = undefined;

  constructor(settings: ProxySettings, { observers = [], tokens }: ProxyParts) {
    const { resilience, limits } = settings;
    this.#settings = settings;
    this.#resilience = createResilience({
      ...resilience,
      ...(tokens && { refreshToken: ({ host = '' }) => tokens.renew(host) }),
      hosts: { ...hostsOf(settings.upstreams), ...resilience.hosts },
      observers: [...(resilience.observers ?? []), this.#prom, this.#activity, ...observers],
    });
    this.#forwarding = {
      dispatcher: createDispatcher(this.#resilience),
      limits,
      tokens,
      memory: new BodyMemory(limits.maxBufferedBytes),
      exchanges: this.#exchanges,
    };
  }

  /** Listens on every address, or on none. */
  async start(): Promise<void> {
    try {
      for (const [text, upstreams] of byAddress(this.#settings)) await this.#serve(text, upstreams);
      await this.#serveAdmin();
    } catch (error) {
      this.#draining = true;
      for (const listener of this.#all()) listener.stop();
      throw error;
    }
  }

  snapshot(): ProxySnapshot {
    return {
      kind: 'proxy',
      time: new Date().toISOString(),
      startedAt: this.#startedAt,
      state: this.#draining ? 'draining' : 'ready',
      upstreams: this.#upstreams,
      connections: this.#listeners.reduce((sum, { connections }) => sum + connections, 0),
      resilience: this.#resilience.snapshot(),
      operations: this.#activity.list(),
      errors: this.#prom.recentErrors.list(),
    };
  }

  close(): Promise<void> {
    if (this.#closed !== undefined) this.#end();
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #serve(text: string, upstreams: readonly Upstream[]): Promise<void> {
    const { allowedHosts, limits } = this.#settings;
    const { maxHeaders, maxBodyBytes } = limits;
    const rules = { upstreams, allowedHosts, maxHeaders, maxBodyBytes, via: this.#via };
    const forwarding = { ...this.#forwarding, rules };
    const listener = await listen(addressOf(text), limits, (request, response) => {
      if (this.#draining) response.shouldKeepAlive = false;
      response.once('close', () => this.#answered());
      void forward(request, response, forwarding);
    });
    this.#listeners.push(listener);
    const { url } = listener;
    this.urls.push(url);
    this.#upstreams = [
      ...this.#upstreams,
      ...upstreams.map(({ prefix, origin }) => ({ listen: url, path: prefix || '/', origin })),
    ];
  }

  async #serveAdmin(): Promise<void> {
    const { metrics, limits, allowedHosts } = this.#settings;
    if (metrics === undefined) return;
    const snapshot = () => this.snapshot();
    const handler = adminHandler({ prom: this.#prom, allowedHosts, snapshot });
    this.#admin = await listen(addressOf(metrics), limits, handler);
    this.adminUrl = this.#admin.url;
  }

  /** The metrics address stays open until the end, so that it shows the draining. */
  async #drain(): Promise<void> {
    this.#draining = true;
    for (const listener of this.#listeners) listener.stop();
    const timer = setTimeout(() => this.#end(), this.#settings.limits.drainMs);
    await Promise.all(this.#listeners.map(({ closed }) => closed));
    clearTimeout(timer);
    this.#admin?.stop();
    this.#admin?.destroy();
    await this.#admin?.closed;
    await this.#forwarding.dispatcher.destroy();
  }

  #end(): void {
    for (const exchange of this.#exchanges) exchange.abort(DRAIN_OVER);
    setTimeout(() => {
      for (const listener of this.#listeners) listener.destroy();
    }, LAST_ANSWERS_MS);
  }

  #answered(): void {
    if (!this.#draining) return;
    setImmediate(() => {
      for (const listener of this.#listeners) listener.closeIdle();
    });
  }

  #all(): Listener[] {
    return this.#admin === undefined ? this.#listeners : [...this.#listeners, this.#admin];
  }
}

/** The upstreams by the address that serves them. */
function byAddress({ listen, upstreams }: ProxySettings): ReadonlyMap<string, Upstream[]> {
  return Map.groupBy(upstreams, (upstream) =>
    upstream.listen === undefined
      ? formatAddress(addressOf(listen))
      : formatAddress(upstream.listen),
  );
}

/** Checked with the options. */
function addressOf(text: string): Address {
  return parseAddress(text) ?? { host: '127.0.0.1', port: 0 };
}

/** Creates a registry with exemplars, which link metrics to tracking IDs. */
function openMetrics(): client.Registry<client.OpenMetricsContentType> {
  const register = new client.Registry<client.OpenMetricsContentType>();
  register.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
  return register;
}

/** Other hosts, such as a simulator's. The user has named them, so they serve the APIs as well. */
function hostsOf(upstreams: readonly Upstream[]): HostMap {
  const others = upstreams.filter(({ host }) => !isMicrosoft(host));
  return Object.fromEntries(others.map(({ host }) => [host, 'all' as const]));
}

function isMicrosoft(host: string): boolean {
  return PROBES.some((path) => operationFor({ method: 'GET', host, path }).quotaGroup !== 'other');
}

const PROBES = ['/api/alerts', '/v1.0/security/incidents'];
