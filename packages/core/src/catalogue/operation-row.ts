import { words } from '../words.ts';
import type { BodyParameter, Family, Operation } from './entry.ts';

/** What a row has besides its name, method, route and page. */
interface RowDetails
  extends Partial<Omit<Operation, 'name' | 'method' | 'route' | 'docs' | 'bodyParameters'>> {
  /** The names of the body's parameters; `*` marks a required one. */
  readonly body?: string;
}

/** Values for all rows of a table that do not set their own. */
interface CommonDetails extends RowDetails {
  readonly family: Family;
  readonly quotaGroup: string;
}

/** Where the pages of each API's documentation are. */
const PAGES: Readonly<Record<Family, string>> = {
  xdr: 'https://learn.microsoft.com/defender-xdr/',
  mde: 'https://learn.microsoft.com/defender-endpoint/api/',
  graph: 'https://learn.microsoft.com/graph/api/',
};

/**
 * Creates the operations of one quota group.
 *
 * @param table - one operation a line: its name, method, route, and the page that documents it
 * @param own - details of single operations, by name
 */
export function rows(
  common: CommonDetails,
  table: string,
  own: Readonly<Record<string, RowDetails>> = {},
): readonly Operation[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', method = '', route = '', page = ''] = words(line);
      const { body, ...details } = { ...common, ...own[name] };
      const docs = `${PAGES[common.family]}${page}`;
      const bodyParameters = body === undefined ? {} : { bodyParameters: parameters(body) };
      return Object.freeze({ name, method, route, ...details, ...bodyParameters, docs });
    });
}

function parameters(body: string): readonly BodyParameter[] {
  const names = words(body);
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

/** For operations that run a hunting query: they only read, and take a long time. */
export const HUNTING: Pick<Operation, 'idempotent' | 'attemptTimeoutMs' | 'deadlineMs'> =
  Object.freeze({
    idempotent: true,
    // The service gives up on a query after 180 to 200 seconds.
    attemptTimeoutMs: 240_000,
    deadlineMs: 900_000,
  });

/** Advice for an ambiguous failure: what to check before sending the request again, and why. */
export function checkFirst(where: string, why: string): string {
  return `Check ${where} before you send it again: ${why}.`;
}

/** The advice for a change that is visible where it was made. */
export function shownAt(where: string): string {
  return checkFirst(where, 'it shows whether this call was carried out');
}

export const COMMENT_ADDS_UP = 'a comment that is sent twice is added twice';
