import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { SnapshotClient } from './client.ts';
import { LineWriter } from './lines.ts';
import { type OperationRate, ratesOf } from './rates.ts';
import type { Snapshot } from './snapshot.ts';
import { viewOf } from './view.ts';

export interface WatchOptions {
  readonly url: string;
  readonly intervalMs: number;
  /** Reads one snapshot and exits. */
  readonly once: boolean;
  readonly json: boolean;
}

/** Shows one snapshot after another until it is interrupted. */
export async function watch(options: WatchOptions, context: Context): Promise<void> {
  const client = new SnapshotClient(addressOf(options.url));
  const display = displayOf(options, client.url, context);
  let previous: { readonly snapshot: Snapshot; readonly at: number } | undefined;
  try {
    while (!context.signal.aborted) {
      const snapshot = await readOrWait(client, previous !== undefined, context);
      const at = performance.now();
      if (snapshot !== undefined) {
        const operations = snapshot.operations ?? [];
        display.show(
          snapshot,
          ratesOf(operations, previous?.snapshot.operations, at - (previous?.at ?? at)),
        );
        previous = { snapshot, at };
      }
      if (options.once) return;
      await delay(options.intervalMs, undefined, { signal: context.signal });
    }
  } catch (error) {
    // Ctrl+C is the normal end.
    if (!context.signal.aborted) throw error;
  } finally {
    display.end();
  }
}

/** Waits for a server that has answered before. One that never answered is a mistake in the URL. */
async function readOrWait(
  client: SnapshotClient,
  hasAnswered: boolean,
  { signal, err }: Context,
): Promise<Snapshot | undefined> {
  try {
    return await client.read(signal);
  } catch (error) {
    if (!hasAnswered || !(error instanceof CommandError)) throw error;
    err.line(err.style('yellow', `${new Date().toISOString()} ${error.message}; trying again`));
    return undefined;
  }
}

function addressOf(text: string): URL {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new CommandError(`"${text}" is not a URL`, {
    hint: 'For example: http://127.0.0.1:9464, the --metrics address of a proxy.',
    exitCode: EXIT.usage,
  });
}

interface Display {
  show(snapshot: Snapshot, rates: readonly OperationRate[]): void;
  end(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const HOME = '\u001b[H\u001b[J';

function displayOf({ json, once }: WatchOptions, { href }: URL, { out }: Context): Display {
  const url = href.replace(/\/$/, '');
  if (json) return { show: (snapshot) => out.line(JSON.stringify(snapshot)), end: () => undefined };
  if (once) {
    return {
      show: (snapshot, rates) => out.write(viewOf({ snapshot, rates, url, now: new Date() }, out)),
      end: () => undefined,
    };
  }
  if (!out.isTerminal) {
    const writer = new LineWriter();
    return {
      show(snapshot, rates) {
        for (const line of writer.linesOf(snapshot, rates, new Date())) out.line(line);
      },
      end: () => undefined,
    };
  }
  out.write(HIDE_CURSOR);
  return {
    show: (snapshot, rates) =>
      out.write(`${HOME}${viewOf({ snapshot, rates, url, now: new Date() }, out)}`),
    end: () => out.write(SHOW_CURSOR),
  };
}
