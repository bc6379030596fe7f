import type { BodyParameter, Operation } from './entry.ts';

/** The fields of a row besides its name, method and route. */
export type OperationDetails = Partial<Omit<Operation, 'name' | 'method' | 'route'>>;

/** Creates the rows of one quota group: `row('machines.get', 'GET /api/machines/{id}')`. */
export function rows(
  common: OperationDetails & Pick<Operation, 'quotaGroup'>,
): (name: string, request: `${string} /${string}`, own?: OperationDetails) => Operation {
  return (name, request, own) => {
    const [method = '', route = ''] = request.split(' ');
    return Object.freeze({ name, method, route, ...common, ...own });
  };
}

/** Body parameters in their documented spelling; `*` marks a required one. */
export function parameters(...names: readonly string[]): readonly BodyParameter[] {
  return Object.freeze(
    names.map((name) =>
      Object.freeze(name.endsWith('*') ? { name: name.slice(0, -1), required: true } : { name }),
    ),
  );
}

/** The limit on most pages of the Defender for Endpoint API. */
export const MDE_QUOTA: NonNullable<Operation['quota']> = Object.freeze({
  perMinute: 100,
  perHour: 1_500,
});

/** For operations that run a hunting query: they only read, and take long. */
export const HUNTING: Pick<Operation, 'idempotent' | 'attemptTimeoutMs' | 'deadlineMs'> =
  Object.freeze({
    idempotent: true,
    // The service gives up on a query after 180 to 200 seconds.
    attemptTimeoutMs: 240_000,
    deadlineMs: 900_000,
  });

/** Advice for an ambiguous failure: what to check before sending the request again, and why. */
export function checkFirst(where: string, why: string): string {
  return `Look at ${where} before you send it again: ${why}.`;
}

/** The advice for a change that is visible where it was made. */
export function shownAt(where: string): string {
  return checkFirst(where, 'it shows whether this call was carried out');
}

export const COMMENT_ADDS_UP = 'a comment that is sent twice is added twice';

/** A page in the documentation of the Defender for Endpoint API. */
export function mdeDocs(page: string): string {
  return `https://learn.microsoft.com/defender-endpoint/api/${page}`;
}
