import type { CallStart, CircuitChange, ReadQuotas } from '@defender-resilience/core';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_ERROR_CLASS, ATTR_ERROR_TYPE } from './attribute-names.ts';
import { BoundedNames } from './bounded-names.ts';
import { CircuitStates } from './circuit-state.ts';
import type { ErrorLabels } from './error-type.ts';
import type { Report } from './instruments.ts';
import { memoize, OperationState } from './operation-state.ts';
import { reportQuotas } from './quota-report.ts';

const MAX_CIRCUITS = 100;
const MAX_QUOTA_GROUPS = 50;

/**
 * The maximum number of wrappers whose quotas are read. A meter never releases what it observes, so a program
 * that creates a wrapper for each call would keep them all in memory.
 */
export const MAX_WRAPPERS = 1_000;

/** Everything that the observers of one meter with the same `constantAttributes` count. */
export class ClientState {
  readonly #constant: Attributes;
  readonly #operations = new Map<string, OperationState>();
  readonly #operationNames: BoundedNames;
  readonly #circuits = new Map<string, CircuitStates>();
  readonly #quotas = new Set<ReadQuotas>();
  readonly #quotaGroups = new BoundedNames(MAX_QUOTA_GROUPS);
  readonly #errors = new Map<string, Attributes>();
  #startMs = Number.POSITIVE_INFINITY;

  constructor(constantAttributes: Attributes, maxOperations: number) {
    this.#constant = constantAttributes;
    this.#operationNames = new BoundedNames(maxOperations);
  }

  /** An observer was created. */
  observerStarted(epochMs: number): void {
    this.#startMs = Math.min(this.#startMs, epochMs);
  }

  operation(name: string): OperationState {
    return (
      this.#operations.get(name) ??
      memoize(
        this.#operations,
        this.#operationNames.of(name),
        () => new OperationState(this.#operationNames.of(name), this.#constant),
      )
    );
  }

  /** A call begins: creates the series of its circuit. */
  circuitOf({ circuit, operation }: CallStart): void {
    if (circuit !== undefined && !this.#circuits.has(circuit)) this.#circuit(circuit, operation);
  }

  circuitChanged(change: CircuitChange): void {
    const { circuit, operation } = change;
    (this.#circuits.get(circuit) ?? this.#circuit(circuit, operation))?.change(change);
  }

  addQuotas(read: ReadQuotas): void {
    if (this.#quotas.size < MAX_WRAPPERS) this.#quotas.add(read);
  }

  errorAttributes({ type, class: errorClass }: ErrorLabels): Attributes {
    return memoize(this.#errors, `${errorClass} ${type}`, () => ({
      ...this.#constant,
      [ATTR_ERROR_TYPE]: type,
      [ATTR_ERROR_CLASS]: errorClass,
    }));
  }

  report(report: Report): void {
    report.observe(report.instruments.startTime, this.#startMs / 1_000, this.#constant);
    for (const operation of this.#operations.values()) operation.report(report);
    for (const circuit of this.#circuits.values()) circuit.report(report);
    reportQuotas(report, this.#quotas, this.#quotaGroups, this.#constant);
  }

  // Circuits beyond the limit are not exported. None is replaced by a newer one, since the SDK would keep
  // exporting its series.
  #circuit(circuit: string, operation: string): CircuitStates | undefined {
    if (this.#circuits.size >= MAX_CIRCUITS) return undefined;
    const name = this.#operationNames.of(operation);
    return memoize(this.#circuits, circuit, () => new CircuitStates(circuit, name, this.#constant));
  }
}
