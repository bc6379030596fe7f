import { CLI_TARGETS } from './cli.ts';
import { CORE_TARGETS } from './core.ts';
import { metricsRequests } from './metrics.ts';
import { SIMULATOR_TARGETS } from './simulator.ts';
import type { Target } from './target.ts';

export const TARGETS: readonly Target[] = [
  ...CORE_TARGETS,
  metricsRequests,
  ...SIMULATOR_TARGETS,
  ...CLI_TARGETS,
];
