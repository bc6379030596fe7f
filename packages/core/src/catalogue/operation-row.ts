import type { BodyParameter, Operation } from './entry.ts';

/** What a row says beyond its name, method and route. */
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

/** The parameters of a body in the exact spelling that is documented; `*` marks a required one. */
export function parameters(...names: readonly string[]): readonly BodyParameter[] {
  return Object.freeze(
    names.map((name) =>
      Object.freeze(name.endsWith('*') ? { name: name.slice(0, -1), required: true } : { name }),
    ),
  );
}

/** What most pages of the Defender for Endpoint API document as its limit. */
export const MDE_QUOTA: NonNullable<Operation['quota']> = Object.freeze({
  perMinute: 100,
  perHour: 1_500,
});

/** What all operations that run a hunting query have in common: they only read, and take long. */
export const HUNTING: Pick<Operation, 'idempotent' | 'attemptTimeoutMs' | 'deadlineMs'> =
  Object.freeze({
    idempotent: true,
    // The service itself gives up on a query after 180 to 200 seconds.
    attemptTimeoutMs: 240_000,
    deadlineMs: 900_000,
  });

/** What to look up before a call is sent again whose end is unknown, and what it tells. */
export function lookFirst(at: string, tells: string): string {
  return `Look at ${at} before you send it again: ${tells}.`;
}

/** The advice for a change that can be read where it was made. */
export function shownAt(at: string): string {
  return lookFirst(at, 'it shows whether this call was carried out');
}

/** Why a change with a comment is not sent twice lightly. */
export const COMMENT_ADDS_UP = 'a comment that is sent twice is added twice';

/** A page of the Defender for Endpoint API's documentation. */
export function mdeDocs(page: string): string {
  return `https://learn.microsoft.com/defender-endpoint/api/${page}`;
}
