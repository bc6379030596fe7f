import { closedValues } from './label-values.ts';
import { method, status } from './labels.ts';

const statuses: ReadonlySet<string> = new Set(closedValues(status));

/** The label of an attempt without an HTTP status or method. */
export const NONE = 'none';

/** Every value of the label `method`. */
export const methodLabels: ReadonlySet<string> = new Set(closedValues(method));

// Indexed by status, so that labelling an attempt takes only array lookups.
const statusClasses: readonly string[] = Array.from({ length: 600 }, (_, code) =>
  code < 100 ? NONE : `${Math.floor(code / 100)}xx`,
);
const statusLabels: readonly string[] = statusClasses.map((statusClass, code) =>
  statuses.has(String(code)) ? String(code) : statusClass,
);

/** The label `status` of a response. */
export function statusLabel(code: number | undefined): string {
  return (code === undefined ? undefined : statusLabels[code]) ?? NONE;
}

/** The label `status_class` of a response. */
export function statusClassLabel(code: number | undefined): string {
  return (code === undefined ? undefined : statusClasses[code]) ?? NONE;
}
