import type { ResilienceOptions } from '@defender-resilience/core';
import {
  arrayOf,
  checkOptions,
  integer,
  type OptionRules,
  object,
  type Rule,
  where,
} from '@defender-resilience/core/validation';
import { isLoopback, parseAddress } from './address.ts';
import { findConflict, parseUpstream, type Upstream } from './upstream.ts';

/** The limits of the proxy, each with its default. */
export interface ProxyLimits {
  /** Client connections; any more are closed. @defaultValue 512 */
  readonly maxConnections: number;
  /** Active requests; any more get 503. @defaultValue 512 */
  readonly maxRequests: number;
  /** The request line and the headers together, in bytes. @defaultValue 16,384 */
  readonly maxHeaderBytes: number;
  /** Headers of a request. @defaultValue 100 */
  readonly maxHeaders: number;
  /** The body of a request, in bytes. @defaultValue 67,108,864 (64 MiB) */
  readonly maxBodyBytes: number;
  /**
   * The largest body that is buffered for retries, in bytes; a larger one is streamed and sent once.
   * @defaultValue 1,048,576 (1 MiB)
   */
  readonly bufferBytes: number;
  /** The kept bodies of all requests together, in bytes. @defaultValue 67,108,864 (64 MiB) */
  readonly maxBufferedBytes: number;
  /** How long the headers of a request may take, in milliseconds. @defaultValue 15,000 */
  readonly headersTimeoutMs: number;
  /** How long a whole request with its body may take to arrive, in milliseconds. @defaultValue 120,000 */
  readonly requestTimeoutMs: number;
  /** How long a client may stop reading its response, in milliseconds. @defaultValue 60,000 */
  readonly clientStallMs: number;
  /** How long an idle connection is kept, in milliseconds. @defaultValue 65,000 */
  readonly keepAliveMs: number;
  /** How long active requests may take to end after SIGTERM, in milliseconds. @defaultValue 30,000 */
  readonly drainMs: number;
}

/** The options of the proxy, as in its configuration file. */
export interface ProxyOptions {
  /** The address to listen on. @defaultValue `127.0.0.1:8080` */
  readonly listen?: string;
  /** Where to forward: hosts, or paths or addresses of the proxy and hosts. */
  readonly upstreams: readonly string[];
  /** The address that serves metrics and health. @defaultValue none */
  readonly metrics?: string;
  /** Names of the proxy that a `Host` header may have, besides IP addresses and `localhost`. */
  readonly allowedHosts?: readonly string[];
  /** Retries, circuits, quotas and deadlines: the options of `createResilience` that JSON can express. */
  readonly resilience?: ResilienceOptions;
  readonly limits?: Partial<ProxyLimits>;
}

/** The options, checked and with their defaults filled in. */
export interface ProxySettings {
  readonly listen: string;
  readonly upstreams: readonly Upstream[];
  readonly metrics: string | undefined;
  readonly allowedHosts: ReadonlySet<string>;
  readonly resilience: ResilienceOptions;
  readonly limits: ProxyLimits;
}

const DEFAULT_LISTEN = '127.0.0.1:8080';

const MIB = 1_048_576;
const MAX_BYTES = 1_073_741_824;

interface Limit {
  readonly value: number;
  readonly rule: Rule;
}

const count = (value: number): Limit => ({ value, rule: integer(1, 100_000) });
const bytes = (value: number, min = 0): Limit => ({ value, rule: integer(min, MAX_BYTES) });
const time = (value: number): Limit => ({ value, rule: integer(1, 2_147_483_647) });

const LIMITS: Readonly<Record<keyof ProxyLimits, Limit>> = {
  maxConnections: count(512),
  maxRequests: count(512),
  maxHeaderBytes: bytes(16_384, 1_024),
  maxHeaders: count(100),
  maxBodyBytes: bytes(64 * MIB),
  bufferBytes: bytes(MIB),
  maxBufferedBytes: bytes(64 * MIB),
  headersTimeoutMs: time(15_000),
  requestTimeoutMs: time(120_000),
  clientStallMs: time(60_000),
  keepAliveMs: time(65_000),
  drainMs: time(30_000),
};

const entries = Object.entries(LIMITS);

/** The default of each limit. */
const DEFAULT_LIMITS: ProxyLimits = Object.freeze(
  Object.fromEntries(entries.map(([name, { value }]) => [name, value])) as unknown as ProxyLimits,
);

const address: Rule = where(
  'an address such as 127.0.0.1:8080',
  (value) => typeof value === 'string' && parseAddress(value) !== undefined,
);
const name: Rule = where(
  'a name without a port, such as defender-proxy',
  (value) => typeof value === 'string' && /^[a-z0-9._-]+$/i.test(value),
);
const upstreams: Rule = {
  ...arrayOf(
    where('a text', (value) => typeof value === 'string'),
    'a list of at least one upstream',
  ),
  test: (value) => Array.isArray(value) && value.length > 0,
  faults: (value, path) => upstreamFaults(Object.values(value), path),
};

/** The rules of the options; core checks those of `resilience`. */
const RULES: OptionRules & Readonly<Record<keyof ProxyOptions, Rule>> = {
  listen: address,
  upstreams,
  metrics: address,
  allowedHosts: arrayOf(name, 'a list of names'),
  resilience: where('an object', (value) => typeof value === 'object' && value !== null),
  limits: object(Object.fromEntries(entries.map(([key, { rule }]) => [key, rule]))),
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError that lists every fault
 */
export function settingsOf(options: ProxyOptions): ProxySettings {
  checkOptions('proxy', RULES, options, () => conflictFaults(options));
  const { listen = DEFAULT_LISTEN, metrics, allowedHosts = [], resilience = {} } = options;
  return {
    listen,
    upstreams: upstreamsOf(options.upstreams),
    metrics,
    allowedHosts: new Set(allowedHosts.map((host) => host.toLowerCase())),
    resilience,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  };
}

function upstreamFaults(texts: readonly unknown[], path: string): readonly string[] {
  const parsed = texts.map((text) => parseUpstream(String(text)));
  return parsed.flatMap((one, index) =>
    typeof one === 'string' ? [`${path}[${index}] must be ${one}`] : [],
  );
}

function conflictFaults({ listen = DEFAULT_LISTEN, upstreams }: ProxyOptions): readonly string[] {
  const conflict = findConflict(upstreamsOf(upstreams), parseAddress(listen));
  if (conflict === undefined) return [];
  return [`two upstreams share ${conflict}: give one a path (/graph=host) or a port (8081=host)`];
}

/** Checked with the options. */
function upstreamsOf(texts: readonly string[]): Upstream[] {
  return texts.map(parseUpstream).filter((one) => typeof one !== 'string');
}

/** The addresses that other machines can reach. */
export function exposedAddresses({ listen, metrics, upstreams }: ProxySettings): string[] {
  const hosts = [listen, metrics]
    .flatMap((text) => (text === undefined ? [] : [parseAddress(text)]))
    .concat(upstreams.map(({ listen: own }) => own))
    .flatMap((one) => (one === undefined ? [] : [one.host]));
  return [...new Set(hosts)].filter((host) => !isLoopback(host));
}
