export const DAY_MS = 86_400_000;

/** The domain of the simulated organization's devices and accounts. */
export const DOMAIN = 'contoso.com';

/** A time as the APIs write it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
