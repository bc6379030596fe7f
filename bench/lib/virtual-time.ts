import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

type Callback = (...args: unknown[]) => void;

interface Entry {
  at: number;
  readonly order: number;
  readonly callback: () => void;
  readonly everyMs: number | undefined;
}

const EPOCH = Date.UTC(2026, 0, 1);
const pending = new Set<Entry>();
let now = 0;
let order = 0;

const realSetImmediate = setImmediate;

/** Milliseconds since the time was taken over. */
export const virtualNow = (): number => now;

/**
 * Takes the time of this process over: timers, `Date.now` and `performance.now`, so that peers that know
 * no clock of their own wait hours in milliseconds. To be called before the peers are imported.
 */
export function takeOverTime(): void {
  const start = (callback: Callback, ms: unknown, args: unknown[], repeats: boolean): unknown => {
    const delay = Math.max(Number(ms) || 0, 1);
    const entry: Entry = {
      at: now + delay,
      order: order++,
      callback: () => callback(...args),
      everyMs: repeats ? delay : undefined,
    };
    pending.add(entry);
    return handleOf(entry);
  };
  const clear = (handle: unknown): void => {
    if (typeof handle === 'object' && handle !== null && 'entry' in handle) {
      pending.delete(handle.entry as Entry);
    }
  };
  const own = {
    setTimeout: (callback: Callback, ms?: unknown, ...args: unknown[]) =>
      start(callback, ms, args, false),
    setInterval: (callback: Callback, ms?: unknown, ...args: unknown[]) =>
      start(callback, ms, args, true),
    clearTimeout: clear,
    clearInterval: clear,
  };
  Object.assign(globalThis, own);
  Object.assign(timers, own);
  Object.assign(timersPromises, {
    setTimeout: (ms?: number, value?: unknown) =>
      new Promise((resolve) => own.setTimeout(resolve, ms, value)),
  });
  Date.now = () => EPOCH + Math.floor(now);
  performance.now = () => now;
  syncBuiltinESMExports();
}

function handleOf(entry: Entry): object {
  const handle = {
    entry,
    ref: () => handle,
    unref: () => handle,
    hasRef: () => true,
    refresh: () => {
      entry.at = now + (entry.everyMs ?? 0);
      return handle;
    },
    close: () => void pending.delete(entry),
    [Symbol.toPrimitive]: () => entry.order,
  };
  return handle;
}

/** Lets time pass, from timer to timer, until `done` says so or nothing is left to wait for. */
export async function passTime(done: () => boolean, limitMs: number): Promise<void> {
  await drained();
  for (;;) {
    if (done()) return;
    const due = next();
    if (due === undefined || due.at > limitMs) return;
    now = Math.max(now, due.at);
    if (due.everyMs === undefined) pending.delete(due);
    else due.at = now + due.everyMs;
    due.callback();
    await drained();
  }
}

/** Forgets what waits, and begins again at the next full minute. */
export function resetTime(): void {
  pending.clear();
  now = Math.ceil((now + 1) / 60_000) * 60_000;
}

function next(): Entry | undefined {
  let first: Entry | undefined;
  for (const entry of pending) {
    if (
      first === undefined ||
      entry.at < first.at ||
      (entry.at === first.at && entry.order < first.order)
    ) {
      first = entry;
    }
  }
  return first;
}

// Promise chains of any realistic depth, and streams, are done when it comes round a few times.
async function drained(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => realSetImmediate(resolve));
}
