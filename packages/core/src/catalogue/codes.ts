import { type ObservedCode, observedCodes } from './codes-observed.ts';
import { type RefusalCode, refusalCodes } from './codes-refusal.ts';
import { type RequestCode, requestCodes } from './codes-request.ts';
import type { CatalogueEntry, CodeRow } from './entry.ts';

/** A code of the catalogue, in its canonical spelling. */
export type ErrorCode = RequestCode | RefusalCode | ObservedCode;

const rows: Readonly<Record<ErrorCode, CodeRow>> = {
  ...requestCodes,
  ...refusalCodes,
  ...observedCodes,
};

/**
 * Every error code that the APIs are documented, or were seen, to answer with: the documented ones
 * first, in the order of Microsoft's page.
 */
export const catalogue: readonly CatalogueEntry[] = freeze(
  Object.entries(rows).map(([code, row]) => freeze({ code, ...row })),
);

const byCode: ReadonlyMap<string, CatalogueEntry> = new Map(
  catalogue.flatMap((entry) =>
    [entry.code, ...(entry.aliases ?? [])].map((code) => [code.toLowerCase(), entry] as const),
  ),
);

/** The row of a code or of one of its aliases, in any letter case; undefined where there is none. */
export function findErrorCode(code: string): CatalogueEntry | undefined {
  return byCode.get(code.toLowerCase());
}

function freeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) if (typeof part === 'object') freeze(part);
  return Object.freeze(value);
}
