import { readFile } from 'node:fs/promises';
import { logObserver } from '@defender-resilience/core';
import type { Context } from '../context.ts';
import { type GetToken, scopeOf, tokenFor } from '../credential.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { wrap } from '../terminal/layout.ts';
import { logger } from './logger.ts';
import { exposedAddresses, type ProxyOptions, type ProxySettings, settingsOf } from './options.ts';
import { OwnTokens } from './own-tokens.ts';
import { type ProxyParts, type ReverseProxy, startProxy } from './proxy.ts';
import { startProxyTelemetry } from './telemetry.ts';

/** The options on the command line. */
export interface ProxyFlags {
  readonly listen?: string;
  readonly upstream?: readonly string[];
  readonly metrics?: string;
  readonly quotas?: boolean;
  readonly allowHost?: readonly string[];
  readonly credentials?: boolean;
  readonly config?: string;
  readonly quiet?: boolean;
}

const DEFAULT_UPSTREAM = 'api.security.microsoft.com';

/** Runs the proxy until it is interrupted. */
export async function runProxy(flags: ProxyFlags, context: Context): Promise<void> {
  const { env, err, signal } = context;
  const options = await optionsOf(flags);
  const tokens = flags.credentials ? await ownTokens(settingsOf(options), env) : undefined;
  const telemetry = await startProxyTelemetry(env);
  const log = flags.quiet ? [] : [logObserver({ logger: logger(err) })];
  const proxy = await start(options, { observers: [...telemetry.observers, ...log], tokens });
  announce(proxy, options, context);
  await aborted(signal);
  err.line('Draining: waiting for active requests. Press Ctrl+C again to end them now.');
  await proxy.close();
  await telemetry.shutdown();
}

/**
 * Gets a first token for each upstream, so that missing credentials show at the start.
 *
 * @throws CommandError if others could use the tokens, or an upstream accepts none
 */
async function ownTokens(settings: ProxySettings, env: Context['env']): Promise<OwnTokens> {
  const exposed = exposedAddresses(settings);
  if (exposed.length > 0) {
    throw new CommandError(
      `--credentials would let anyone use the proxy's tokens who can reach ${exposed.join(' and ')}`,
      {
        hint: 'Listen on loopback, or let each client send its own token.',
        exitCode: EXIT.usage,
      },
    );
  }
  const sources = new Map<string, GetToken>();
  for (const { origin, host } of settings.upstreams) {
    const scope = scopeOf(new URL(origin));
    if (scope === undefined) {
      const message = `--credentials sends tokens only to Microsoft's hosts, and ${host} is not one`;
      throw new CommandError(message, { exitCode: EXIT.usage });
    }
    const { getToken } = await tokenFor(scope, env);
    sources.set(host, getToken);
  }
  const tokens = new OwnTokens(sources);
  for (const host of sources.keys()) await tokens.get(host);
  return tokens;
}

/** The options of the configuration file, overridden by those on the command line. */
export async function optionsOf(flags: ProxyFlags): Promise<ProxyOptions> {
  const file = flags.config === undefined ? {} : await readConfig(flags.config);
  const { listen, upstream, metrics, allowHost, quotas } = flags;
  const options: ProxyOptions = {
    upstreams: [DEFAULT_UPSTREAM],
    ...file,
    ...(listen !== undefined && { listen }),
    ...(upstream !== undefined && { upstreams: upstream }),
    ...(metrics !== undefined && { metrics }),
    ...(allowHost !== undefined && { allowedHosts: allowHost }),
    ...(quotas && {
      resilience: { ...file.resilience, quota: file.resilience?.quota ?? 'documented' },
    }),
  };
  checkOptions(options);
  return options;
}

function checkOptions(options: ProxyOptions): void {
  try {
    settingsOf(options);
  } catch (cause) {
    throw new CommandError(messageOf(cause), { exitCode: EXIT.usage, cause });
  }
}

async function readConfig(path: string): Promise<Partial<ProxyOptions>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (cause) {
    const message = `the configuration ${path} cannot be read: ${messageOf(cause)}`;
    throw new CommandError(message, { exitCode: EXIT.usage, cause });
  }
  throw new CommandError(`the configuration ${path} must be a JSON object`, {
    exitCode: EXIT.usage,
  });
}

async function start(options: ProxyOptions, parts: ProxyParts): Promise<ReverseProxy> {
  try {
    return await startProxy(options, parts);
  } catch (cause) {
    throw startError(cause);
  }
}

/** Describes why the proxy cannot listen on an address, and what to do. */
function startError(cause: unknown): CommandError {
  const { code, address, port } = cause as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  const place = `${address}:${port}`;
  if (code === 'EADDRINUSE') {
    const hint = 'Another program listens there. Choose another address: --listen 127.0.0.1:8081';
    return new CommandError(`${place} is taken`, { hint, cause });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CommandError(`cannot listen on ${place}: ${code}`, { cause });
  }
  // All other errors are invalid options in `resilience`.
  return new CommandError(messageOf(cause), { exitCode: EXIT.usage, cause });
}

function announce(proxy: ReverseProxy, options: ProxyOptions, { err }: Context): void {
  for (const { listen, path, origin } of proxy.snapshot().upstreams) {
    err.line(`Forwarding ${listen}${path === '/' ? '' : path} to ${origin}`);
  }
  if (proxy.adminUrl !== undefined) err.line(`Metrics at ${proxy.adminUrl}/metrics`);
  const exposed = exposedAddresses(settingsOf(options));
  if (exposed.length === 0) return;
  const warning = `Other machines can reach ${exposed.join(' and ')}, and the connection is not encrypted: the tokens of their clients can be read in transit.`;
  err.line(wrap(`${err.style('yellow', 'warning:')} ${warning}`, err.columns));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
