import { field } from '../support/json.ts';
import { type Api, DEFENDER_XDR, GRAPH } from '../support/tenant.ts';

/** A way to run hunting queries. */
export interface Route {
  readonly api: Api;
  readonly path: string;
  /** Its name in the operations table. */
  readonly operation: string;
  /** The field of the response that holds the rows. */
  readonly rows: string;
}

export const ROUTES: Readonly<Record<'graph' | 'xdr', Route>> = {
  graph: {
    api: GRAPH,
    path: '/v1.0/security/runHuntingQuery',
    operation: 'graph.hunting.run',
    rows: 'results',
  },
  // The older API, which Microsoft began to retire in January 2026 (MC1220762).
  xdr: {
    api: DEFENDER_XDR,
    path: '/api/advancedhunting/run',
    operation: 'hunting.run',
    rows: 'Results',
  },
};

/** @throws Error if the response has no rows */
export function rowsIn(answer: unknown, { rows, path }: Route): readonly object[] {
  const found = field(answer, rows);
  if (Array.isArray(found) && found.every(isRow)) return found;
  throw new Error(`The response of ${path} is not the result of a query.`);
}

function isRow(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
