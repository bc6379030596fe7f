import { isRecord, textField } from '../json.ts';

/** One page of a list. */
export interface Page {
  readonly items: readonly unknown[];
  /** The service's link to the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** Reads a page: OData's `value`, or the rows of a hunting query. Undefined if the document is not a list. */
export function pageOf(document: unknown): Page | undefined {
  if (!isRecord(document)) return undefined;
  const items = [document['value'], document['Results'], document['results']].find(Array.isArray);
  if (items === undefined) return undefined;
  return { items, next: textField(document, '@odata.nextLink', 'odata.nextLink') };
}
