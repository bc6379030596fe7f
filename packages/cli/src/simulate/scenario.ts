import type { FaultOptions, OutageOptions, SimulatorOptions } from '@defender-resilience/simulator';
import { CommandError, EXIT } from '../exit-codes.ts';
import { isRecord, parseJson } from '../json.ts';

/** A scenario file: the simulator's options as JSON, and a timeline of events. */
export interface Scenario extends Omit<SimulatorOptions, 'clock' | 'newestAt'> {
  /** The JSON schema, for editors. */
  readonly $schema?: string;
  /** When the newest incident was last updated: a date in ISO 8601, or `now`. */
  readonly newestAt?: string;
  /** Later events, in any order. */
  readonly timeline?: readonly TimelineEvent[];
}

/** An event at a time after the start, in milliseconds. It has exactly one of the other fields. */
export interface TimelineEvent {
  readonly atMs: number;
  /** Every call fails from then on, for `durationMs` or until `outage` is null. */
  readonly outage?: OutageOptions | null;
  /** Replaces the random faults from then on; null ends them. */
  readonly faults?: FaultOptions | null;
  /** Another application uses a share of a group's quota from then on. */
  readonly foreignLoad?: { readonly group: string; readonly share: number };
  /** Expires every token that was issued before. */
  readonly expireTokens?: true;
}

const HAPPENINGS = ['outage', 'faults', 'foreignLoad', 'expireTokens'] as const;

/** Parses a scenario. Checks only the fields that the file adds; the simulator checks its own options. */
export function parseScenario(text: string, path: string): Scenario {
  const document = parseJson(text);
  if (!isRecord(document)) {
    throw invalid(path, [`it must be a JSON object, such as { "script": [500] }`]);
  }
  const faults = [...timelineFaults(document['timeline']), ...dateFaults(document['newestAt'])];
  if (document['clock'] !== undefined)
    faults.push('clock is not an option: JSON cannot express it');
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

/** @param faults - one line per fault */
export function invalid(path: string, faults: readonly string[]): CommandError {
  return new CommandError(
    `${path} is not a valid scenario:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    {
      hint: 'docs/guide/command-line.md and the JSON schema describe the file.',
      exitCode: EXIT.usage,
    },
  );
}
