import { expect } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';

/** Stands for any text that contains `part` in an expected value. */
export function containing(part: string): string {
  const matcher: unknown = expect.stringContaining(part);
  // vitest types its matchers as anything at all.
  return matcher as string;
}

/** A proxy that throws whatever is asked of it. */
export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A buffer whose memory was given to someone else: reading it throws. */
export function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

let copies = 0;

/** A module of another copy of the package, as a second version of it in one process has. */
export function anotherCopyOf<T>(path: string): Promise<T> {
  copies += 1;
  return import(new URL(`../../src/failure/${path}?copy=${copies}`, import.meta.url).href);
}

/** An error of Node's own kind. */
export function systemError(code: string, more: object = {}): Error {
  return Object.assign(new Error(`something ${code}`), { code, ...more });
}

/** What fetch rejects with when the network fails. */
export function fetchFailed(cause?: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

const SOURCES = [
  'api',
  'gateway',
  'network',
  'timeout',
  'circuit',
  'throttle',
  'cancelled',
  'unknown',
];

/** What must hold for any failure at all. */
export function expectFailure(failure: Failure | undefined): void {
  expect(failure).toBeDefined();
  expect(['retryable', 'terminal']).toContain(failure?.verdict);
  expect(SOURCES).toContain(failure?.source);
  expect(failure?.code).toMatch(/^[\w./-]{1,64}$/);
  expect(failure?.message.length).toBeLessThanOrEqual(1_024);
  expect(() => JSON.stringify(failure)).not.toThrow();
}
