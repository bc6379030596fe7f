import { CommandError } from '../exit-codes.ts';
import { parseJson } from '../json.ts';
import { readCounters } from './counters.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/** Where programs and proxies serve their snapshot, if the URL names no path. */
const PATHS = ['/debug/defender/snapshot', '/snapshot'];
const TIMEOUT_MS = 5_000;

const HOW_TO_SERVE =
  'A proxy serves it on its --metrics address. A program of your own serves it by metricsHandler(register, { resilience, recentErrors }) ' +
  'of @defender-resilience/prom.';

/** Reads snapshots from one address. */
export class SnapshotClient {
  readonly #paths: readonly string[];
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
    this.#paths = url.pathname === '/' ? PATHS : [url.pathname];
  }

  /** @throws CommandError that says what to do, if no snapshot can be read */
  async read(signal: AbortSignal): Promise<Snapshot> {
    for (const path of this.#paths) {
      const text = await this.#get(path, signal);
      if (text === undefined) continue;
      const snapshot = readSnapshot(parseJson(text));
      if (snapshot === undefined) break;
      return snapshot.operations === undefined ? this.#withCounters(snapshot, signal) : snapshot;
    }
    throw new CommandError(`${this.url.href} serves no snapshot`, { hint: HOW_TO_SERVE });
  }

  async #withCounters(snapshot: Snapshot, signal: AbortSignal): Promise<Snapshot> {
    const exposition = await this.#get('/metrics', signal);
    return exposition === undefined
      ? snapshot
      : { ...snapshot, operations: readCounters(exposition) };
  }

  /** The text of a path; undefined if the server does not have it. */
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
      throw new CommandError(`${this.url.origin} does not answer`, {
        hint: `Start the proxy or the program, or pass another URL. ${HOW_TO_SERVE}`,
        cause,
      });
    }
  }
}
