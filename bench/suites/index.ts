import { ALLOCATION_FLAGS } from '../lib/measure.ts';
import type { Suite } from '../lib/suite.ts';

interface Entry {
  readonly title: string;
  readonly load: () => Promise<Suite>;
  readonly flags?: readonly string[];
  /** Whether `--quick` leaves it out. */
  readonly slow?: true;
}

const GC = ['--expose-gc'];

/** All suites in the order of the results, each run in a process of its own. */
export const suites: Readonly<Record<string, Entry>> = {
  http: {
    title: 'A fetch over HTTP on loopback',
    load: async () => (await import('./http.ts')).http,
  },
  httpObservers: {
    title: 'The same with observers',
    load: async () => (await import('./http.ts')).httpObservers,
  },
  httpClients: {
    title: 'Other HTTP clients',
    load: async () => (await import('./http.ts')).httpClients,
    slow: true,
  },
  success: {
    title: 'A function that succeeds at once',
    load: async () => (await import('./success.ts')).success,
    flags: GC,
  },
  bytes: {
    title: 'Bytes of such a call',
    load: async () => (await import('./success.ts')).bytes,
    flags: ALLOCATION_FLAGS,
  },
  observers: {
    title: 'Such a call with observers',
    load: async () => (await import('./observers.ts')).observers,
    flags: GC,
  },
  telemetry: {
    title: 'Such a call with an SDK of OpenTelemetry',
    load: async () => (await import('./observers.ts')).telemetry,
    flags: GC,
  },
  failure: {
    title: 'Failures',
    load: async () => (await import('./failure.ts')).failure,
    flags: GC,
  },
  faults: {
    title: 'Under faults',
    load: async () => (await import('./faults.ts')).faults,
  },
  growth: {
    title: 'Growth',
    load: async () => (await import('./growth.ts')).growth,
    flags: GC,
  },
  memory: {
    title: 'Memory',
    load: async () => (await import('./memory.ts')).memory,
    flags: GC,
  },
  soak: {
    title: 'Millions of calls',
    load: async () => (await import('./soak.ts')).soak,
    flags: GC,
    slow: true,
  },
  scrape: {
    title: 'A scrape',
    load: async () => (await import('./scrape.ts')).scrape,
    slow: true,
  },
  load: {
    title: 'Import and size',
    load: async () => (await import('./load.ts')).load,
  },
};
