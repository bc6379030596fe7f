/** Pages that the catalogue's rows come from or point to. */
export const XDR_ERRORS: string = 'https://learn.microsoft.com/defender-xdr/api-error-codes';
export const MDE_ERRORS: string = 'https://learn.microsoft.com/defender-endpoint/api/common-errors';
export const GRAPH_ERRORS: string = 'https://learn.microsoft.com/graph/errors';
