/** What `createResilience` gives, as far as the adapters of the clients need to know it. */
interface ResilienceLike {
  readonly fetch: typeof globalThis.fetch;
  snapshot(): object;
}
export { ResilienceLike as t };
