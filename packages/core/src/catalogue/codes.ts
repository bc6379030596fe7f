import { type DocumentedCode, documentedCodes } from './codes-documented.ts';
import { type ObservedCode, observedCodes } from './codes-observed.ts';
import type { CatalogueEntry, CodeRow } from './entry.ts';
import { DOCS } from './site.ts';

/** An error code in the catalogue's spelling. */
export type ErrorCode = DocumentedCode | ObservedCode;

const rows: Readonly<Record<ErrorCode, CodeRow>> = { ...documentedCodes, ...observedCodes };

/**
 * The error codes of the APIs: the documented ones in the order of Microsoft's page
 * (https://learn.microsoft.com/defender-xdr/api-error-codes), then those seen in real responses.
 */
export const catalogue: readonly CatalogueEntry[] = freeze(
  Object.entries(rows).map(([code, row]) =>
    freeze({ code, ...row, advice: adviceWithPage(row.advice, code, DOCS) }),
  ),
);

/** Appends the address of the code's own page to its advice, if the address of the docs is known. */
export function adviceWithPage(advice: string, code: string, docs: string): string {
  return docs === '' ? advice : `${advice} More: ${docs}/errors/${code}`;
}

const byCode: ReadonlyMap<string, CatalogueEntry> = new Map(
  catalogue.flatMap((entry) =>
    [entry.code, ...(entry.aliases ?? [])].map((code) => [code.toLowerCase(), entry] as const),
  ),
);

/** Finds the catalogue's row for a code or an alias of it, in any case; undefined if there is none. */
export function findErrorCode(code: string): CatalogueEntry | undefined {
  return byCode.get(code.toLowerCase());
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
