/** What `createResilience` returns, as far as the adapters need to know it. */
interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}
export { ResilienceLike as t };
