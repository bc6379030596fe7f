import { Refusal } from '../answer.ts';

const LENGTHS = { md5: 32, sha1: 40, sha256: 64 } as const;

/** A way to name a file by what is in it. */
export type HashKind = keyof typeof LENGTHS;

/** Refuses what is no hash of one of these kinds; gives it in lower case. */
export function checkHash(hash: string, kinds: readonly HashKind[]): string {
  const fits = kinds.some((kind) => hash.length === LENGTHS[kind]);
  if (!fits || !/^[\da-f]+$/i.test(hash)) {
    throw new Refusal('InvalidHashValue', { values: { hash } });
  }
  return hash.toLowerCase();
}
