import type { BodyParameter, Operation } from './entry.ts';

/** What the rows of one table have in common, or what one row says beyond its name and route. */
export type OperationDetails = Partial<Omit<Operation, 'name' | 'method' | 'route'>>;

/** Makes the rows of one quota group: `row('machines.get', 'GET /api/machines/{id}')`. */
export function rows(
  common: OperationDetails & Pick<Operation, 'quotaGroup'>,
): (name: string, request: `${string} /${string}`, own?: OperationDetails) => Operation {
  return (name, request, own) => {
    const [method = '', route = ''] = request.split(' ');
    return Object.freeze({ name, method, route, ...common, ...own });
  };
}

/** Parameters of a body, in the spelling that the API compares; a trailing `*` marks the required. */
export function parameters(...names: readonly string[]): readonly BodyParameter[] {
  return Object.freeze(
    names.map((name) =>
      Object.freeze(name.endsWith('*') ? { name: name.slice(0, -1), required: true } : { name }),
    ),
  );
}

/** What all operations that run a hunting query have in common: they only read, and take long. */
export const HUNTING: Pick<Operation, 'replayable' | 'attemptTimeoutMs' | 'deadlineMs'> = {
  replayable: true,
  // The service itself gives up on a query after 180 to 200 seconds.
  attemptTimeoutMs: 240_000,
  deadlineMs: 900_000,
};

/** A page of the Defender for Endpoint API's documentation. */
export function mdeDocs(page: string): string {
  return `https://learn.microsoft.com/defender-endpoint/api/${page}`;
}
