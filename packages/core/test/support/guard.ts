import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, vi } from 'vitest';

const RESOURCES: ReadonlySet<string> = new Set(['TCPSocketWrap', 'TCPServerWrap', 'Timeout']);
// The inner fetch's own, at whose hand ever it is called.
const EXPECTED = /^Using `patch` is highly likely to result in a `405/;

/**
 * Has a file of tests fail if anything in it left an unhandled rejection, a warning (of listeners that
 * pile up, above all), or a socket or a timer behind.
 */
export function guardProcess(): void {
  const unhandled: unknown[] = [];
  const warnings: string[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  const onWarning = ({ name, message }: Error): void => {
    if (!EXPECTED.test(message)) warnings.push(`${name}: ${message}`);
  };
  let before: Record<string, number> = {};
  let printers: NodeJS.WarningListener[] = [];
  beforeAll(() => {
    process.on('unhandledRejection', onUnhandled);
    // Node's own listener prints them.
    printers = process.listeners('warning');
    process.removeAllListeners('warning');
    process.on('warning', onWarning);
    before = resources();
  });
  afterAll(async () => {
    globalThis.gc?.();
    for (let round = 0; round < 5; round += 1) await turn();
    process.off('unhandledRejection', onUnhandled);
    process.off('warning', onWarning);
    for (const printer of printers) process.on('warning', printer);
    expect({ unhandled, warnings }).toEqual({ unhandled: [], warnings: [] });
    await vi.waitFor(() => expect(excess(before)).toEqual([]), { timeout: 2_000 });
  });
}

function excess(before: Readonly<Record<string, number>>): string[] {
  return Object.entries(resources())
    .filter(([name, count]) => count > (before[name] ?? 0))
    .map(([name, count]) => `${count} ${name}, before ${before[name] ?? 0}`);
}

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (RESOURCES.has(name)) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
