import { chronicScenarios } from './chronic.ts';
import { jobScenarios } from './jobs.ts';
import { busyScenarios, pollScenarios } from './polls.ts';
import { clock, type Scenario } from './scenario.ts';
import { serviceScenarios } from './service.ts';

/** Every scenario. */
export const scenarios: readonly Scenario[] = [
  ...pollScenarios,
  ...busyScenarios,
  ...jobScenarios,
  ...chronicScenarios,
  ...serviceScenarios,
];

/** Long, but what the rules are for. */
const ALWAYS: readonly string[] = ['poll-5m'];

/**
 * Whether promtool needs long for a scenario: it evaluates each rule at each minute, so days take minutes.
 */
export function isLong({ name, length, processes }: Scenario): boolean {
  const alive = processes.filter(({ from }) => from === undefined).length;
  return !ALWAYS.includes(name) && (clock(length) > clock('10:00') || alive > 5);
}
