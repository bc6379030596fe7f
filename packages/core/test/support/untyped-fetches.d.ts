// Fetches that bring no types of their own.
declare module 'node-fetch-v2' {
  const fetch: unknown;
  // biome-ignore lint/style/noDefaultExport: it is how the package exports itself
  export default fetch;
}

declare module 'make-fetch-happen' {
  const fetch: { defaults(options: { retry: false; cache: 'no-store' }): unknown };
  // biome-ignore lint/style/noDefaultExport: it is how the package exports itself
  export default fetch;
}
