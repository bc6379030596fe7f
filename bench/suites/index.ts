import { ALLOCATION_FLAGS } from '../lib/measure.ts';
import type { Suite } from '../lib/suite.ts';

interface Entry {
  readonly title: string;
  readonly load: () => Promise<Suite>;
  readonly flags?: readonly string[];
}

const GC = ['--expose-gc'];

/** All suites in the order of the results, each run in a process of its own. */
export const suites: Readonly<Record<string, Entry>> = {
  success: {
    title: 'A call that succeeds at once',
    load: async () => (await import('./success.ts')).success,
    flags: GC,
  },
  bytes: {
    title: 'Bytes of such a call',
    load: async () => (await import('./success.ts')).bytes,
    flags: ALLOCATION_FLAGS,
  },
  signal: {
    title: 'With a caller’s signal, the function listening',
    load: async () => (await import('./success.ts')).signal,
    flags: GC,
  },
  flight64: {
    title: '64 calls in flight',
    load: async () => (await import('./success.ts')).flight64,
    flags: GC,
  },
  fetchStub: {
    title: 'A fetch that answers at once',
    load: async () => (await import('./success.ts')).fetchStub,
    flags: GC,
  },
  growth: {
    title: 'Growth',
    load: async () => (await import('./growth.ts')).growth,
    flags: GC,
  },
  held: {
    title: 'Held in flight',
    load: async () => (await import('./held.ts')).held,
    flags: GC,
  },
  observers: {
    title: 'With observers',
    load: async () => (await import('./observers.ts')).observers,
    flags: GC,
  },
  telemetry: {
    title: 'With an SDK of OpenTelemetry',
    load: async () => (await import('./observers.ts')).telemetry,
    flags: GC,
  },
  http: {
    title: 'HTTP end to end on loopback',
    load: async () => (await import('./http.ts')).http,
  },
  httpTelemetry: {
    title: 'The same with spans and metrics',
    load: async () => (await import('./http.ts')).httpTelemetry,
  },
  faults: {
    title: 'Under faults',
    load: async () => (await import('./faults.ts')).faults,
  },
  scrape: {
    title: 'A scrape',
    load: async () => (await import('./scrape.ts')).scrape,
  },
  load: {
    title: 'Import and size',
    load: async () => (await import('./load.ts')).load,
  },
  soak: {
    title: 'Ten million calls',
    load: async () => (await import('./soak.ts')).soak,
    flags: GC,
  },
  failure: {
    title: 'Failures',
    load: async () => (await import('./failure.ts')).failure,
    flags: GC,
  },
};
