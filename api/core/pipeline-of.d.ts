/** The part of `createResilience`'s result that the adapters need. */
interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}
export { ResilienceLike as t };
