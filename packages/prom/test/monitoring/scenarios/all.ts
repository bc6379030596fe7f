import { chronicScenarios } from './chronic.ts';
import { edgeScenarios } from './edges.ts';
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
  ...edgeScenarios,
];

/** The scenario of a name. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`There is no scenario ${name}`);
  return found;
}

/** Long, but what the rules are for. */
const ALWAYS: readonly string[] = ['poll-5m', 'pushed-runs'];

/**
 * Whether promtool needs long for a scenario: it evaluates each rule at each minute, so days take minutes.
 */
export function isLong({ name, length, processes }: Scenario): boolean {
  const alive = processes.filter(({ from }) => from === undefined).length;
  return !ALWAYS.includes(name) && (clock(length) > clock('10:00') || alive > 5);
}
