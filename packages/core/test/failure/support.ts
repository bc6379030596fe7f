import { expect } from 'vitest';

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
