// Generated from project.json by `pnpm fix`.

/** Where the site of the docs is, without a slash at its end; empty until somebody knows it. */
export const DOCS: string = '';
