import { CommandError } from '../exit-codes.ts';
import { parseJson } from '../json.ts';
import { readCounters } from './counters.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/** The paths at which programs and proxies serve their snapshot, tried if the URL has no path. */
const PATHS = ['/debug/defender/snapshot', '/snapshot'];
const TIMEOUT_MS = 5_000;

const HOW_TO_SERVE =
  'A proxy serves it on its --metrics address. Your own program serves it with metricsHandler(register, { resilience, recentErrors }) ' +
  'of @defender-resilience/prom.';

/** Reads snapshots from one address. */
export class SnapshotClient {
  readonly #paths: readonly string[];
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
    this.#paths = url.pathname === '/' ? PATHS : [url.pathname];
  }

  /** @throws CommandError with a hint if no snapshot can be read */
  async read(signal: AbortSignal): Promise<Snapshot> {
    for (const path of this.#paths) {
      const text = await this.#get(path, signal);
      if (text === undefined) continue;
      const snapshot = readSnapshot(parseJson(text));
      if (snapshot === undefined) break;
      return snapshot.operations === undefined ? this.#withCounters(snapshot, signal) : snapshot;
    }
    throw new CommandError(`${this.url.href} does not serve a snapshot`, { hint: HOW_TO_SERVE });
  }

  async #withCounters(snapshot: Snapshot, signal: AbortSignal): Promise<Snapshot> {
    const exposition = await this.#get('/metrics', signal);
    return exposition === undefined
      ? snapshot
      : { ...snapshot, operations: readCounters(exposition) };
  }

  /** The text at a path; undefined if the server does not have it. */
  async #get(path: string, signal: AbortSignal): Promise<string | undefined> {
    const url = new URL(path, this.url);
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        redirect: 'error',
      });
      const text = await response.text();
      return response.ok ? text : undefined;
    } catch (cause) {
      signal.throwIfAborted();
      throw new CommandError(`${this.url.origin} does not respond`, {
        hint: `Start the proxy or the program, or pass another URL. ${HOW_TO_SERVE}`,
        cause,
      });
    }
  }
}
