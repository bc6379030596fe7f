/** Where files are fetched: outside the API, without a bearer token. */
export const DOWNLOADS = '/safedownload/';
