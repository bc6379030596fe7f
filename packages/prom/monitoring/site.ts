// Generated from project.json by `pnpm fix`.

/** The address of the docs' site, without a trailing slash; empty until it is known. */
export const DOCS: string = '';
