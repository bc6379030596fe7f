/** One way to use a package, and what it may cost: KiB, minified and compressed by gzip. */
export interface SizeLimit {
  readonly name: string;
  /** The program that is bundled. */
  readonly program: string;
  readonly limitKib: number;
}

const all = (entry: string): string => `export * from '@defender-resilience/${entry}';`;

/**
 * The limits lie about 5 % above what was measured when they were set. Raise one only with the change that
 * needs it, and say there what the bytes buy.
 */
export const sizeLimits: readonly SizeLimit[] = [
  { name: 'core', program: all('core'), limitKib: 56 },
  {
    name: 'core: createResilience',
    program: "export { createResilience } from '@defender-resilience/core';",
    limitKib: 54.5,
  },
  {
    name: 'core: classify',
    program: "export { classify } from '@defender-resilience/core';",
    limitKib: 17.5,
  },
  { name: 'core/axios', program: all('core/axios'), limitKib: 38 },
  { name: 'core/cockatiel', program: all('core/cockatiel'), limitKib: 35 },
  { name: 'core/graph', program: all('core/graph'), limitKib: 42.5 },
  { name: 'core/kiota', program: all('core/kiota'), limitKib: 39 },
  { name: 'core/undici', program: all('core/undici'), limitKib: 38.5 },
  { name: 'core/memory', program: all('core/memory'), limitKib: 3.7 },
  { name: 'core/redis', program: all('core/redis'), limitKib: 5.2 },
  { name: 'core/testing', program: all('core/testing'), limitKib: 3.6 },
  { name: 'core/validation', program: all('core/validation'), limitKib: 3.6 },
  { name: 'otel', program: all('otel'), limitKib: 7.6 },
  { name: 'otel/sdk', program: all('otel/sdk'), limitKib: 1.6 },
  { name: 'prom/monitoring', program: all('prom/monitoring'), limitKib: 22.5 },
  { name: 'prom', program: all('prom'), limitKib: 10.5 },
  { name: 'simulator', program: all('simulator'), limitKib: 28 },
];
