import type { Operation } from './entry.ts';
import { tokenOperation } from './operations-entra.ts';
import { batchOperation, graphOperations } from './operations-graph.ts';
import { alertOperations } from './operations-mde-alerts.ts';
import { entityOperations } from './operations-mde-entities.ts';
import { machineOperations } from './operations-mde-machines.ts';
import { exportOperations, vulnerabilityOperations } from './operations-mde-vulnerabilities.ts';
import { xdrOperations } from './operations-xdr.ts';

/** The operation of any request that is not in the table. */
export const OTHER: Operation = Object.freeze({ name: 'other', quotaGroup: 'other' });

/**
 * The operations of the three APIs: the routes that Microsoft documents, their quotas, and whether they
 * can be sent twice.
 */
export const operations: readonly Operation[] = Object.freeze([
  ...xdrOperations,
  ...alertOperations,
  ...machineOperations,
  ...exportOperations,
  ...entityOperations,
  ...vulnerabilityOperations,
  ...graphOperations,
]);

const byName: ReadonlyMap<string, Operation> = new Map(
  [...operations, tokenOperation, batchOperation].map((operation) => [operation.name, operation]),
);

/** Finds an operation by its name, such as `incidents.list`; undefined if there is none. */
export function operationNamed(name: string): Operation | undefined {
  return byName.get(name);
}
