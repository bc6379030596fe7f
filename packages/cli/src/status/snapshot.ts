import type { QuotaState, ResilienceSnapshot } from '@defender-resilience/core';
import { isRecord, textField } from '../json.ts';

/** The current state of a program or a proxy. Parts that it does not serve are absent or empty. */
export interface Snapshot {
  /** `ready` or `draining`; only for a proxy. */
  readonly state: string | undefined;
  readonly inFlight: number;
  readonly budget: ResilienceSnapshot['budget'] | undefined;
  readonly circuits: ResilienceSnapshot['circuits'];
  readonly throttles: ResilienceSnapshot['throttles'];
  readonly quotas: readonly QuotaState[];
  /** Counted since the start of the program; undefined if it does not count them. */
  readonly operations: readonly OperationCount[] | undefined;
  /** The newest first. */
  readonly errors: readonly SeenError[];
}

/** The counts of one operation. */
export interface OperationCount {
  readonly operation: string;
  readonly calls: number;
  readonly failures: number;
}

/** One failed attempt, or a call that was refused. */
export interface SeenError {
  readonly time: string;
  readonly operation: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly trackingId: string | undefined;
  readonly attempt: number | undefined;
  readonly final: boolean;
}

/** Reads a served snapshot; undefined if the document is not a snapshot. */
export function readSnapshot(document: unknown): Snapshot | undefined {
  if (!isRecord(document)) return undefined;
  // A program may serve `resilience.snapshot()` directly.
  const resilience = isRecord(document['resilience']) ? document['resilience'] : document;
  if (typeof resilience['inFlight'] !== 'number') return undefined;
  // The other fields come from this package: their types are those of the version that serves them.
  const typed = resilience as Partial<ResilienceSnapshot>;
  return {
    state: textField(document, 'state'),
    inFlight: resilience['inFlight'],
    budget: typed.budget,
    circuits: typed.circuits ?? [],
    throttles: typed.throttles ?? [],
    quotas: typed.quotas ?? [],
    operations: operationsOf(document['operations']),
    errors: listOf(document['errors']).flatMap(readError),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function operationsOf(value: unknown): readonly OperationCount[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isRecord).map((one) => ({
    operation: textField(one, 'operation') ?? 'other',
    calls: numberOf(one['calls']) ?? 0,
    failures: numberOf(one['failures']) ?? 0,
  }));
}

function readError(value: unknown): readonly SeenError[] {
  const code = textField(value, 'code');
  if (!isRecord(value) || code === undefined) return [];
  return [
    {
      time: textField(value, 'time') ?? '',
      operation: textField(value, 'operation') ?? 'other',
      code,
      status: numberOf(value['status']),
      trackingId: textField(value, 'trackingId'),
      attempt: numberOf(value['attempt']),
      final: value['final'] !== false,
    },
  ];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
