import type { Operation } from './entry.ts';
import { graphOperations } from './operations-graph.ts';
import { alertOperations } from './operations-mde-alerts.ts';
import { entityOperations } from './operations-mde-entities.ts';
import { exportOperations } from './operations-mde-exports.ts';
import { machineOperations } from './operations-mde-machines.ts';
import { vulnerabilityOperations } from './operations-mde-vulnerabilities.ts';
import { xdrOperations } from './operations-xdr.ts';

/** What the table does not know. */
export const OTHER: Operation = Object.freeze({ name: 'other', quotaGroup: 'other' });

/**
 * The operations of the three APIs: the routes that Microsoft documents, their quotas, and what a
 * wrapper must know to call them twice.
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
  operations.map((operation) => [operation.name, operation]),
);

/** The operation of a name, such as `incidents.list`; undefined for a name of the caller's own. */
export function operationNamed(name: string): Operation | undefined {
  return byName.get(name);
}
