import type { ScriptStep, Simulator } from '@defender-resilience/simulator';
import type { Context } from '../context.ts';
import type { TimelineEvent } from './scenario.ts';

/** Checks each event by running it once on the simulator and resetting it. */
export function checkTimeline(
  simulator: Simulator,
  timeline: readonly TimelineEvent[],
  script: readonly ScriptStep[] = [],
): readonly string[] {
  const faults = timeline.flatMap((event, index) => {
    try {
      happen(simulator, event);
      return [];
    } catch (error) {
      return [`timeline[${index}]: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
  if (timeline.length > 0) {
    simulator.reset();
    simulator.script(...script);
  }
  return faults;
}

/** Runs each event at its time, and reports it. Ends with the signal. */
export function runTimeline(
  simulator: Simulator,
  timeline: readonly TimelineEvent[],
  { err }: Context,
  signal: AbortSignal,
): void {
  const timers = timeline.map((event) =>
    setTimeout(() => {
      happen(simulator, event);
      err.line(`after ${event.atMs / 1_000} s: ${describe(event)}`);
    }, event.atMs),
  );
  signal.addEventListener('abort', () => timers.forEach(clearTimeout), { once: true });
}

function happen(simulator: Simulator, event: TimelineEvent): void {
  const { outage, faults, foreignLoad, expireTokens } = event;
  // A second outage replaces the first, so ending this one ends any.
  if (outage === null) simulator.outage().end();
  else if (outage !== undefined) simulator.outage(outage);
  if (faults !== undefined) simulator.faults(faults ?? undefined);
  if (foreignLoad !== undefined) simulator.foreignLoad(foreignLoad.group, foreignLoad.share);
  if (expireTokens) simulator.expireTokens();
}

function describe({ atMs: _, ...event }: TimelineEvent): string {
  return JSON.stringify(event);
}
