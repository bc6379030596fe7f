import type { FaultOptions, OutageOptions, SimulatorOptions } from '@defender-resilience/simulator';
import { CommandError, EXIT } from '../exit-codes.ts';
import { isRecord, parseJson } from '../json.ts';

/** A scenario file: the simulator's options as JSON, and what happens when. */
export interface Scenario extends Omit<SimulatorOptions, 'clock' | 'newestAt'> {
  /** The JSON schema, for editors. */
  readonly $schema?: string;
  /** When the newest incident was last updated: a date in ISO 8601, or `now`. */
  readonly newestAt?: string;
  /** What happens later, in any order. */
  readonly timeline?: readonly TimelineEvent[];
}

/** Something that happens so many milliseconds after the start. Each event has one of the other fields. */
export interface TimelineEvent {
  readonly atMs: number;
  /** Every call fails from then on, for `durationMs` or until `outage` is null. */
  readonly outage?: OutageOptions | null;
  /** Other random faults from then on; null ends them. */
  readonly faults?: FaultOptions | null;
  /** Another application uses a share of a group's quota from then on. */
  readonly foreignLoad?: { readonly group: string; readonly share: number };
  /** Ends every token that was issued until then. */
  readonly expireTokens?: true;
}

const HAPPENINGS = ['outage', 'faults', 'foreignLoad', 'expireTokens'] as const;

/** Parses a scenario. What its fields mean is checked by the simulator; here only the file's own ones. */
export function parseScenario(text: string, path: string): Scenario {
  const document = parseJson(text);
  if (!isRecord(document)) {
    throw invalid(path, [`it must be a JSON object, such as { "script": [500] }`]);
  }
  const faults = [...timelineFaults(document['timeline']), ...dateFaults(document['newestAt'])];
  if (document['clock'] !== undefined)
    faults.push('clock is not known: it cannot be written in JSON');
  if (faults.length > 0) throw invalid(path, faults);
  return document;
}

function timelineFaults(timeline: unknown): string[] {
  if (timeline === undefined) return [];
  if (!Array.isArray(timeline)) return ['timeline must be a list'];
  return timeline.flatMap((event: unknown, index) => eventFaults(event, `timeline[${index}]`));
}

function eventFaults(event: unknown, at: string): readonly string[] {
  if (!isRecord(event)) return [`${at} must be an object`];
  const { atMs, ...rest } = event;
  const names = Object.keys(rest);
  const [name = ''] = names;
  const isTime = typeof atMs === 'number' && atMs >= 0 && atMs <= 2_147_483_647;
  const isOne = names.length === 1 && HAPPENINGS.some((known) => known === name);
  return [
    ...(isTime ? [] : [`${at}.atMs must be a number of milliseconds from 0 to 2147483647`]),
    ...(isOne ? [] : [`${at} must have atMs and one of ${HAPPENINGS.join(', ')}`]),
    ...(name === 'expireTokens' && rest[name] !== true ? [`${at}.expireTokens must be true`] : []),
  ];
}

function dateFaults(newestAt: unknown): readonly string[] {
  const isDate =
    newestAt === undefined ||
    newestAt === 'now' ||
    (typeof newestAt === 'string' && !Number.isNaN(Date.parse(newestAt)));
  return isDate ? [] : ['newestAt must be "now", or a date such as "2026-01-31T12:00:00Z"'];
}

/** @param faults - one line each */
export function invalid(path: string, faults: readonly string[]): CommandError {
  return new CommandError(
    `${path} is no valid scenario:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    {
      hint: 'docs/guide/command-line.md and the JSON schema describe the file.',
      exitCode: EXIT.usage,
    },
  );
}
