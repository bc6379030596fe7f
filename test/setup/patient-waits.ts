import { vi } from 'vitest';

// Waits for an event end with their test, not after vitest's one second: a machine that stalls takes longer.
const { waitFor } = vi;
const PATIENT = { timeout: 25_000, interval: 20 };

vi.waitFor = (callback, options = {}) =>
  waitFor(callback, {
    ...PATIENT,
    ...(typeof options === 'number' ? { timeout: options } : options),
  });
