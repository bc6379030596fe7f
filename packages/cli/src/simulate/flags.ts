import type {
  FaultOptions,
  QuotaLimits,
  ScriptStep,
  SimulatorOptions,
} from '@defender-resilience/simulator';
import { CommandError, EXIT } from '../exit-codes.ts';

/** The flags of `simulate`, as commander gives them. */
export interface SimulateFlags {
  readonly port?: number;
  readonly script?: string;
  readonly fault?: string;
  readonly faultRate?: number;
  readonly latency?: string;
  readonly for?: string;
  readonly quota?: readonly string[];
  readonly minute?: number;
  readonly requireToken?: true;
  readonly incidents?: number;
  readonly seed?: number;
}

/** The simulator's options from the flags. The simulator checks their values. */
export function optionsOf(flags: SimulateFlags): SimulatorOptions {
  const { port, minute, requireToken, incidents, seed, script, quota } = flags;
  const faults = faultsOf(flags);
  return {
    ...(port === undefined ? {} : { port }),
    ...(script === undefined ? {} : { script: stepsOf(script) }),
    ...(faults === undefined ? {} : { faults }),
    ...(quota === undefined ? {} : { quotas: quotasOf(quota) }),
    ...(minute === undefined ? {} : { minuteMs: minute }),
    ...(requireToken === undefined ? {} : { requireToken }),
    ...(incidents === undefined ? {} : { incidents }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function stepsOf(text: string): readonly ScriptStep[] {
  const words = text.split(',').map((word) => word.trim());
  return words.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
}

function faultsOf({
  fault,
  faultRate,
  latency,
  for: target,
}: SimulateFlags): FaultOptions | undefined {
  if (fault === undefined && faultRate === undefined && latency === undefined) return undefined;
  return {
    // With a fault but no rate, every call fails.
    probability: faultRate ?? (fault === undefined ? 0 : 1),
    ...(fault === undefined ? {} : { codes: stepsOf(fault) }),
    ...(latency === undefined ? {} : { latencyMs: latencyOf(latency) }),
    ...(target === undefined ? {} : { for: target }),
  };
}

function latencyOf(text: string): number | readonly [from: number, to: number] {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (from === undefined) throw usage('--latency', text, 'milliseconds, such as 50 or 50-200');
  return to === undefined ? Number(from) : [Number(from), Number(to)];
}

function quotasOf(given: readonly string[]): NonNullable<SimulatorOptions['quotas']> {
  const [first = ''] = given;
  if (first === 'off' || first === 'documented') return first;
  const limits = given.map((text): readonly [string, QuotaLimits] => {
    const [, group, count] = /^(\w[\w.-]*)=(\d+)$/.exec(text) ?? [];
    if (group === undefined)
      throw usage('--quota', text, '"off", or a group and a number, such as incidents=10');
    return [group, { perMinute: Number(count) }];
  });
  return Object.fromEntries(limits);
}

function usage(flag: string, got: string, wanted: string): CommandError {
  return new CommandError(`${flag} is ${wanted}; got "${got}"`, {
    hint: 'Run "defender-resilience simulate --help" for examples.',
    exitCode: EXIT.usage,
  });
}
